//! Where a shape of the map lies, and how large it is: what is too small to be seen gets a ring.

/// The middle of a shape's largest part, where all of it is smaller than `size`; `None` for larger ones.
///
/// A path of the map is a list of closed parts: an absolute point (`M`), and steps from each point to the
/// next (`l`).
pub(super) fn small_middle(path: &str, size: f64) -> Option<(f64, f64)> {
    let boxes = path.split('M').filter_map(Bounds::of_part);
    let largest = boxes.max_by(|a, b| a.area().total_cmp(&b.area()))?;
    let is_small = largest.right - largest.left < size && largest.bottom - largest.top < size;
    is_small.then(|| ((largest.left + largest.right) / 2.0, (largest.top + largest.bottom) / 2.0))
}

/// The box around a part.
#[derive(Clone, Copy)]
struct Bounds {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Bounds {
    fn of_part(part: &str) -> Option<Bounds> {
        let mut steps = part.trim_end_matches('z').split('l').map(|step| -> Option<(f64, f64)> {
            let (x, y) = step.trim().split_once(' ')?;
            Some((x.parse().ok()?, y.trim().parse().ok()?))
        });
        let (mut x, mut y) = steps.next()??;
        let mut bounds = Bounds { left: x, right: x, top: y, bottom: y };
        for (right, down) in steps.map_while(|step| step) {
            (x, y) = (x + right, y + down);
            bounds.left = bounds.left.min(x);
            bounds.right = bounds.right.max(x);
            bounds.top = bounds.top.min(y);
            bounds.bottom = bounds.bottom.max(y);
        }
        Some(bounds)
    }

    fn area(self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_shapes_have_a_middle() {
        assert_eq!(small_middle("M10 20l4 0l0 2l-4 0z", 9.0), Some((12.0, 21.0)));
        assert_eq!(small_middle("M10 20l40 0l0 2l-40 0z", 9.0), None);
        // The largest part decides.
        assert_eq!(small_middle("M100 100l1 0l0 1zM10 20l4 0l0 2l-4 0z", 9.0), Some((12.0, 21.0)));
        assert_eq!(small_middle("", 9.0), None);
    }
}
