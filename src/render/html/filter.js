// Filters the sentences by words, group and nature, and gives each choice and each sentence an address. Without it the page is whole.
// Other scripts of the page hear of it by the event "filtered".
(function () {
  "use strict";
  function all(what, where) { return [].slice.call((where || document).querySelectorAll(what)); }

  // Opens all that an element is folded into, and shows it.
  function show(element) {
    for (var up = element; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
    }
    var proof = element.querySelector("details");
    if (proof) proof.open = true;
    element.scrollIntoView();
  }
  function fragment() {
    try { return decodeURIComponent(location.hash.slice(1)); } catch (fault) { return location.hash.slice(1); }
  }

  var form = document.getElementById("filter");
  // Where there is no form, rows name neither groups nor nature.
  var rows = (form ? all("table.rows > tbody > tr") : []).map(function (row) {
    var groups = JSON.parse(row.dataset.groups);
    var words = row.cells[0].textContent + " " + row.querySelector("summary").textContent;
    return { row: row, groups: groups, nature: row.dataset.nature, record: row.dataset.record, text: words.toLowerCase() };
  });
  var sections = all("section.sentences");
  if (!form || !rows.length) {
    if (fragment() && document.getElementById(fragment())) show(document.getElementById(fragment()));
    return;
  }

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
  function value(one, name) { return name === "nature" ? one.nature : one.groups[name]; }
  var names = [];
  rows.forEach(function (one) {
    Object.keys(one.groups).forEach(function (name) { if (names.indexOf(name) < 0) names.push(name); });
  });
  if (names.indexOf("nature") < 0) names.push("nature");
  var selects = names.map(function (name) {
    var values = [];
    rows.forEach(function (one) {
      var own = value(one, name);
      if (own && values.indexOf(own) < 0) values.push(own);
    });
    if (values.length < 2) return null;
    var select = document.createElement("select");
    [""].concat(values.sort(function (a, b) { return a.localeCompare(b); })).forEach(function (text) {
      var option = document.createElement("option");
      option.value = text;
      option.textContent = text || "all";
      select.append(option);
    });
    label(name.charAt(0).toUpperCase() + name.slice(1), select);
    return { name: name, select: select };
  }).filter(Boolean);
  var reset = document.createElement("button");
  reset.type = "reset";
  reset.textContent = "Clear";
  var shown = document.createElement("output");
  shown.setAttribute("aria-live", "polite");
  form.append(reset, shown);

  function apply() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    var chosen = selects.filter(function (one) { return one.select.value; });
    var active = wanted.length > 0 || chosen.length > 0;
    var records = {}, count = 0;
    rows.forEach(function (one) {
      var fits = wanted.every(function (word) { return one.text.indexOf(word) >= 0; }) &&
        chosen.every(function (choice) { return value(one, choice.name) === choice.select.value; });
      one.row.hidden = !fits;
      if (fits) { count += 1; records[one.record] = true; }
    });
    sections.forEach(function (section) {
      section.hidden = !section.querySelector("table.rows > tbody > tr:not([hidden])");
      var counted = section.querySelector("details.counted");
      if (counted && counted.open !== active) counted.open = active;
    });
    shown.textContent = active ? count + " of " + rows.length + " sentences" : rows.length + " sentences";
    var groups = {};
    chosen.forEach(function (choice) { if (choice.name !== "nature") groups[choice.name] = choice.select.value; });
    // By words or nature, charts show the records of the sentences that are left.
    var narrowed = wanted.length > 0 || chosen.some(function (choice) { return choice.name === "nature"; });
    document.dispatchEvent(new CustomEvent("filtered", { detail: { groups: groups, records: narrowed ? records : null } }));
  }

  // The address of a choice is "#?words=…&region=…", so that it can be kept and sent.
  function address() {
    var parts = selects.filter(function (one) { return one.select.value; }).map(function (one) {
      return encodeURIComponent(one.name) + "=" + encodeURIComponent(one.select.value);
    });
    if (words.value.trim()) parts.unshift("words=" + encodeURIComponent(words.value.trim()));
    history.replaceState(null, "", parts.length ? "#?" + parts.join("&") : location.pathname + location.search);
  }
  function clear() {
    words.value = "";
    selects.forEach(function (one) { one.select.value = ""; });
  }
  function follow() {
    var raw = location.hash.slice(1);
    if (raw.charAt(0) === "?") {
      clear();
      new URLSearchParams(raw.slice(1)).forEach(function (text, name) {
        if (name === "words") words.value = text;
        selects.forEach(function (one) { if (one.name === name) one.select.value = text; });
      });
      apply();
      return;
    }
    var target = raw && document.getElementById(fragment());
    if (!target) return;
    if (target.closest("[hidden]")) { clear(); apply(); }
    show(target);
  }
  form.addEventListener("input", function () { apply(); address(); });
  form.addEventListener("reset", function () { setTimeout(function () { apply(); address(); }, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
  // What is gone to stands below the bar, however many lines the bar has.
  function room() {
    var sticks = getComputedStyle(form).position === "sticky";
    document.documentElement.style.setProperty("--bar", (sticks ? form.offsetHeight : 0) + "px");
  }
  apply();
  room();
  if (window.ResizeObserver) new ResizeObserver(room).observe(form);
  window.addEventListener("resize", room);
  window.addEventListener("hashchange", follow);
  follow();
})();
