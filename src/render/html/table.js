// The sentences that are shown, as a table: copied for a spreadsheet, or downloaded as CSV with the columns of `--format csv`.
(function () {
  "use strict";
  var data = document.getElementById("table"), form = document.getElementById("filter");
  if (!data || !form || form.hidden) return;

  function lines() {
    var table = JSON.parse(data.textContent);
    var shown = [].slice.call(document.querySelectorAll("table.rows > tbody > tr:not([hidden])"));
    var rows = shown.map(function (row) { return +row.dataset.row + 1; }).sort(function (a, b) { return a - b; });
    return [table[0]].concat(rows.map(function (row) { return table[row]; }));
  }
  function quoted(cell) { return /[",\r\n]/.test(cell) ? '"' + cell.replace(/"/g, '""') + '"' : cell; }
  function csv() {
    return lines().map(function (line) { return line.map(quoted).join(",") + "\r\n"; }).join("");
  }
  function tabs() {
    return lines().map(function (line) {
      return line.map(function (cell) { return cell.replace(/[\t\r\n]+/g, " "); }).join("\t");
    }).join("\n");
  }
  function button(text, run) {
    var out = document.createElement("button");
    out.type = "button";
    out.textContent = text;
    out.addEventListener("click", function () { run(out); });
    form.insertBefore(out, form.querySelector("output"));
  }
  function say(element, text) {
    var before = element.dataset.name = element.dataset.name || element.textContent;
    element.textContent = text;
    setTimeout(function () { element.textContent = before; }, 2000);
  }
  // For browsers that give a page from a file no clipboard.
  function copied(text) {
    var box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    var done = document.execCommand("copy");
    box.remove();
    return done;
  }
  button("Copy table", function (element) {
    var text = tabs();
    function otherwise() { say(element, copied(text) ? "Copied" : "Not copied"); }
    if (!navigator.clipboard) return otherwise();
    navigator.clipboard.writeText(text).then(function () { say(element, "Copied"); }, otherwise);
  });
  button("Download CSV", function () {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" }));
    link.download = (document.title.split(":")[0].trim().replace(/[^\w-]+/g, "-") || "report") + ".csv";
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  });
})();
