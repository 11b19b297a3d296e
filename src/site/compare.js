// Chooses two editions from lists. Without it the table of pairs does the same by links.
(function () {
  "use strict";
  var form = document.getElementById("pair");
  var table = document.querySelector("table.pairs");
  if (!form || !table) return;
  var heads = [].slice.call(table.querySelectorAll("tbody th"));
  var from = heads.map(function (head) { return head.textContent; });
  var to = [].slice.call(table.querySelectorAll("thead th")).map(function (head) { return head.textContent; });
  function select(text, values) {
    var label = document.createElement("label");
    var out = document.createElement("select");
    values.forEach(function (value, at) {
      var option = document.createElement("option");
      option.value = at;
      option.textContent = value;
      out.append(option);
    });
    label.append(text + " ", out);
    form.append(label);
    return out;
  }
  var first = select("From", from), last = select("to", to);
  var count = document.createElement("output");
  count.setAttribute("aria-live", "polite");
  form.append(count);
  function link(row, column) {
    var cell = table.tBodies[0].rows[row].querySelectorAll("td")[column];
    return cell && cell.querySelector("a");
  }
  function say() {
    var shown = link(+first.value, +last.value);
    count.textContent = location.hash.indexOf("..") > 0 && shown ? shown.textContent + " sentences" : "";
  }
  form.addEventListener("input", function (event) {
    // The later edition is later.
    if (+last.value < +first.value) {
      if (event.target === first) last.value = first.value; else first.value = last.value;
    }
    var chosen = link(+first.value, +last.value);
    if (chosen) location.hash = chosen.id;
    say();
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  function follow() {
    var chosen = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var row = chosen && chosen.closest("table.pairs tbody tr");
    if (row) {
      first.value = row.sectionRowIndex;
      last.value = [].slice.call(row.querySelectorAll("td")).indexOf(chosen.closest("td"));
    }
    say();
  }
  first.value = 0;
  last.value = to.length - 1;
  form.hidden = false;
  window.addEventListener("hashchange", follow);
  follow();
})();
