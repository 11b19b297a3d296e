// Maps, sums and rows of marks follow the filter: each is drawn again from the rows of marks that the page has anyway.
(function () {
  "use strict";
  function all(what, where) { return [].slice.call((where || document).querySelectorAll(what)); }
  function tone(element) { return /(?:^|\s)t(\d)(?:\s|$)/.exec(element.getAttribute("class") || ""); }

  function read(element) {
    return { element: element, record: element.dataset.record, groups: JSON.parse(element.dataset.groups) };
  }
  var maps = all("figure.world").map(function (figure) {
    var drawing = figure.querySelector("svg.map");
    var stands = drawing.classList.contains("changes");
    return { drawing: drawing, stands: stands, places: all(".place", figure).map(read), rings: all(".ring", figure).map(read), counts: all(".legend .count", figure) };
  });
  var tables = all("section.occasions").map(function (section) {
    var rows = all("tbody tr[data-record]", section).map(function (row) {
      var one = read(row);
      one.tones = all("td", row).map(function (cell) { var found = tone(cell); return found ? found[1] : null; });
      return one;
    });
    // Of these records nothing is known; they have no row, but count among what is not known.
    all(".names li", section).forEach(function (item) {
      var one = read(item);
      one.tones = item.dataset.tones.split("").map(function (digit) { return digit === "." ? null : digit; });
      rows.push(one);
    });
    var summary = section.querySelector("details.heat > summary");
    return { strip: section.dataset.strip, rows: rows, summary: summary, said: summary && summary.textContent };
  });
  var panels = all(".panels").map(function (box) {
    var table = tables.filter(function (one) { return one.strip === box.dataset.strip; })[0];
    return { box: box, heading: box.previousElementSibling, rows: table && table.rows, figures: all("figure.panel", box) };
  });

  function fits(one, filter) {
    if (filter.records && !filter.records[one.record]) return false;
    return Object.keys(filter.groups).every(function (name) { return one.groups[name] === filter.groups[name]; });
  }

  // A small state has a shape and a dot; its record counts once.
  function map(one, filter) {
    var counts = {}, seen = {};
    // What did not change stands back only while nothing is chosen.
    var chosen = filter.records || Object.keys(filter.groups).length;
    one.drawing.classList.toggle("changes", one.stands && !chosen);
    one.rings.forEach(function (ring) { ring.element.classList.toggle("off", !fits(ring, filter)); });
    one.places.forEach(function (place) {
      var inside = fits(place, filter);
      place.element.classList.toggle("off", !inside);
      if (!inside || seen[place.record]) return;
      seen[place.record] = true;
      counts[place.element.dataset.said] = (counts[place.element.dataset.said] || 0) + 1;
    });
    one.counts.forEach(function (count) { count.textContent = counts[count.dataset.said] || 0; });
  }

  function table(one, filter) {
    var shown = 0, drawn = 0;
    one.rows.forEach(function (row) {
      row.element.hidden = !fits(row, filter);
      if (row.element.tagName !== "TR") return;
      drawn += 1;
      if (!row.element.hidden) shown += 1;
    });
    if (one.summary) one.summary.textContent = shown === drawn ? one.said : shown + " of " + one.said;
  }

  // The sums of a panel, occasion by occasion, in the colours of its paths.
  function sums(rows, columns, tones) {
    var out = [];
    for (var at = 0; at < columns; at += 1) {
      out.push(tones.map(function (wanted) {
        return rows.filter(function (row) { return row.tones[at] === wanted; }).length;
      }));
    }
    return out;
  }

  function draw(figure, counts, width, height) {
    var most = Math.max.apply(null, [1].concat(counts.map(function (one) {
      return one.reduce(function (a, b) { return a + b; }, 0);
    })));
    var step = width / Math.max(counts.length, 1);
    var paths = all("path[data-tone]", figure);
    var drawn = paths.map(function () { return ""; });
    counts.forEach(function (column, at) {
      var base = height;
      column.forEach(function (count, place) {
        if (!count) return;
        var tall = height * count / most;
        base -= tall;
        var wide = Math.max(step - 1, 0.5).toFixed(1);
        drawn[place] += "M" + (step * at).toFixed(1) + " " + base.toFixed(1) + "h" + wide + "v" + tall.toFixed(1) + "h-" + wide + "z";
      });
    });
    paths.forEach(function (path, place) { path.setAttribute("d", drawn[place]); });
  }

  function panel(figure, rows, filter, box) {
    var by = figure.dataset.by, group = figure.dataset.group;
    var own = rows.filter(function (row) { return (row.groups[by] || "") === group && fits(row, filter); });
    figure.hidden = !own.length;
    if (!own.length) return;
    var lines = all("table.numbers tbody tr", figure);
    var tones = all("path[data-tone]", figure).map(function (path) { return path.dataset.tone; });
    var counts = sums(own, lines.length, tones);
    draw(figure, counts, +box.dataset.width, +box.dataset.height);
    var heads = all("table.numbers thead th", figure).slice(2).map(function (head) { return head.textContent; });
    lines.forEach(function (line, at) {
      all("td", line).slice(1).forEach(function (cell, place) { cell.textContent = counts[at][place]; });
    });
    var last = counts[counts.length - 1] || [];
    var said = last.map(function (count, place) { return count ? count + " " + heads[place] : ""; }).filter(Boolean).join(", ");
    var year = lines.length ? lines[lines.length - 1].cells[0].textContent : "";
    figure.querySelector(".latest").textContent = year + ": " + said;
    figure.querySelector("desc").textContent = year + ": " + said + ". The table below has every year.";
  }

  document.addEventListener("filtered", function (event) {
    var filter = event.detail;
    maps.forEach(function (one) { map(one, filter); });
    tables.forEach(function (one) { table(one, filter); });
    panels.forEach(function (one) {
      if (!one.rows) return;
      one.figures.forEach(function (figure) { panel(figure, one.rows, filter, one.box); });
    });
  });
  window.addEventListener("beforeprint", function () {
    all("details.heat").forEach(function (one) { one.open = true; });
  });
})();
