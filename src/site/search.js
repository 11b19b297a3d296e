// Searches names, occasions, rules and sentences. Without it the page is whole.
(function () {
  "use strict";
  var form = document.getElementById("search");
  var list = document.getElementById("search-results");
  if (!form || !list) return;
  var words = document.getElementById("search-words");
  var count = form.querySelector("output");
  var loaded = false;
  function load() {
    if (loaded) return;
    loaded = true;
    var script = document.createElement("script");
    script.src = "search-index.js";
    script.addEventListener("load", show);
    document.head.append(script);
  }
  function fold(text) { return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, ""); }
  function show() {
    var index = window.sincewhenIndex || [];
    var wanted = fold(words.value).split(/\s+/).filter(Boolean);
    list.replaceChildren();
    list.hidden = !wanted.length;
    if (!wanted.length) { count.textContent = ""; return; }
    var found = 0;
    index.forEach(function (one) {
      if (!one.folded) one.folded = fold(one[0]);
      if (!wanted.every(function (word) { return one.folded.indexOf(word) >= 0; })) return;
      found += 1;
      if (found > 50) return;
      var item = document.createElement("li");
      var link = document.createElement("a");
      link.href = one[1];
      link.textContent = one[0];
      item.append(link);
      list.append(item);
    });
    count.textContent = found + " found" + (found > 50 ? ", the first 50 shown" : "");
  }
  words.addEventListener("focus", load);
  words.addEventListener("input", function () { load(); show(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
})();
