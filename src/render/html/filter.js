// Filters the sentences by words, group and nature. Without it the page is whole.
(function () {
  "use strict";
  var form = document.getElementById("filter");
  if (!form) return;
  var rows = [].slice.call(document.querySelectorAll("table.rows > tbody > tr"));
  var sections = [].slice.call(document.querySelectorAll("section.sentences"));
  var data = rows.map(function (row) {
    var groups = JSON.parse(row.dataset.groups);
    groups.nature = row.dataset.nature;
    return { row: row, groups: groups, text: (row.cells[0].textContent + " " + row.querySelector("summary").textContent).toLowerCase() };
  });
  function label(text, field) {
    var out = document.createElement("label");
    out.append(text + " ", field);
    form.append(out);
    return field;
  }
  var words = document.createElement("input");
  words.type = "search";
  words.autocomplete = "off";
  label("Words", words);
  var names = [];
  data.forEach(function (one) {
    Object.keys(one.groups).forEach(function (name) { if (names.indexOf(name) < 0) names.push(name); });
  });
  var selects = names.map(function (name) {
    var values = [];
    data.forEach(function (one) {
      var value = one.groups[name];
      if (value && values.indexOf(value) < 0) values.push(value);
    });
    if (values.length < 2) return null;
    var select = document.createElement("select");
    [""].concat(values.sort(function (a, b) { return a.localeCompare(b); })).forEach(function (value) {
      var option = document.createElement("option");
      option.value = value;
      option.textContent = value || "all";
      select.append(option);
    });
    label(name.charAt(0).toUpperCase() + name.slice(1), select);
    return { name: name, select: select };
  }).filter(Boolean);
  var reset = document.createElement("button");
  reset.type = "reset";
  reset.textContent = "Clear";
  var output = document.createElement("output");
  output.setAttribute("aria-live", "polite");
  form.append(reset, output);
  function apply() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    var active = wanted.length > 0 || selects.some(function (one) { return one.select.value; });
    var shown = 0;
    data.forEach(function (one) {
      var fits = wanted.every(function (word) { return one.text.indexOf(word) >= 0; }) &&
        selects.every(function (s) { return !s.select.value || one.groups[s.name] === s.select.value; });
      one.row.hidden = !fits;
      if (fits) shown += 1;
    });
    sections.forEach(function (section) {
      section.hidden = !section.querySelector("table.rows > tbody > tr:not([hidden])");
      var counted = section.querySelector("details.counted");
      if (counted) counted.open = active;
    });
    output.textContent = active ? shown + " of " + data.length + " sentences" : data.length + " sentences";
  }
  form.addEventListener("input", apply);
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
  apply();
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.heat").forEach(function (one) { one.open = true; });
  });
})();
