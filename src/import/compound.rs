//! Compound files (MS-CFB): the container of XLS. Owns the way from a stream's name to its bytes, and refuses
//! chains of sectors that never end or lead out of the file; knows nothing of what streams hold.

/// What every compound file begins with.
const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Sector numbers from here on name no sector (MS-CFB 2.1).
const NO_SECTOR: u32 = 0xFFFF_FFFA;
/// The bytes of an entry of the directory.
const ENTRY: usize = 128;
/// Shorter streams lie in sectors of 64 bytes, in a stream of their own.
const SHORT: usize = 4096;

/// Whether a file is a compound file.
pub fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// A number of four bytes, the lowest first.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The first of some streams that is there, named as by MS-CFB without regard to case.
///
/// # Errors
/// Chains of sectors that cannot be followed, in words.
pub fn stream(bytes: &[u8], names: &[&str]) -> Result<Option<Vec<u8>>, &'static str> {
    let file = CompoundFile::open(bytes)?;
    let directory = file.chain(file.header(48)?, usize::MAX)?;
    let entries: Vec<&[u8]> = directory.chunks_exact(ENTRY).collect();
    let Some(root) = entries.first() else { return Err("it has no directory") };
    let wanted =
        names.iter().find_map(|wanted| entries.iter().find(|entry| name(entry).eq_ignore_ascii_case(wanted)));
    let Some(entry) = wanted else { return Ok(None) };
    let (start, length) = place(entry);
    if length >= SHORT {
        return file.chain(start, length).map(Some);
    }
    let (short_start, short_length) = place(root);
    let sectors = file.chain(short_start, short_length)?;
    let next = numbers(&file.chain(file.header(60)?, usize::MAX)?);
    follow(&next, start, length, |sector| sectors.get(sector * 64..).map(|rest| &rest[..rest.len().min(64)]))
        .map(Some)
}

/// An entry's name.
fn name(entry: &[u8]) -> String {
    let units = entry[..64].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// The first sector of an entry's stream, and its length.
fn place(entry: &[u8]) -> (u32, usize) {
    let number = |at: usize| u32_at(entry, at).unwrap_or_default();
    (number(116), number(120) as usize)
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

struct CompoundFile<'b> {
    bytes: &'b [u8],
    /// The bytes of a sector.
    size: usize,
    /// Of each sector, the one that follows it.
    next: Vec<u32>,
}

impl<'b> CompoundFile<'b> {
    fn open(bytes: &'b [u8]) -> Result<CompoundFile<'b>, &'static str> {
        let size = match bytes.get(30..32) {
            Some([9, 0]) => 512,
            Some([12, 0]) => 4096,
            _ => return Err("its sectors have no size"),
        };
        let mut file = CompoundFile { bytes, size, next: Vec::new() };
        let header = bytes.get(76..512).ok_or("it ends within its header")?;
        let mut tables: Vec<u32> = numbers(header);
        // The list of tables goes on in sectors of its own, each with the number of the next at its end.
        let (mut more, most) = (file.header(68)?, bytes.len() / size + 1);
        while more < NO_SECTOR {
            let mut further = numbers(file.sector(more as usize).ok_or("a sector is missing")?);
            more = further.pop().ok_or("a sector is cut short")?;
            tables.extend(further);
            if tables.len() > most * size {
                return Err("its list of sectors has no end");
            }
        }
        for table in tables.into_iter().filter(|table| *table < NO_SECTOR) {
            let part = numbers(file.sector(table as usize).ok_or("a sector is missing")?);
            file.next.extend(part);
            if file.next.len() > most * size {
                return Err("its list of sectors has no end");
            }
        }
        Ok(file)
    }

    /// A number of the header.
    fn header(&self, at: usize) -> Result<u32, &'static str> {
        u32_at(self.bytes, at).ok_or("it ends within its header")
    }

    /// The bytes of a sector; of the last, those that are there.
    fn sector(&self, number: usize) -> Option<&'b [u8]> {
        let rest = self.bytes.get(number.checked_add(1)?.checked_mul(self.size)?..)?;
        Some(&rest[..rest.len().min(self.size)])
    }

    fn chain(&self, start: u32, length: usize) -> Result<Vec<u8>, &'static str> {
        follow(&self.next, start, length, |sector| self.sector(sector))
    }
}

/// The bytes of a chain of sectors, up to a length.
fn follow<'s>(
    next: &[u32],
    start: u32,
    length: usize,
    sector: impl Fn(usize) -> Option<&'s [u8]>,
) -> Result<Vec<u8>, &'static str> {
    let (mut out, mut at, mut steps) = (Vec::new(), start, 0);
    while at < NO_SECTOR && out.len() < length {
        steps += 1;
        if steps > next.len() {
            return Err("a chain of sectors has no end");
        }
        let part = sector(at as usize).ok_or("a sector is missing")?;
        out.extend_from_slice(&part[..part.len().min(length - out.len())]);
        at = *next.get(at as usize).ok_or("a chain of sectors leads nowhere")?;
    }
    Ok(out)
}
