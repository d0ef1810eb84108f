/* Suggestions of the agency picker: what is typed is sought on the server; arrows, Enter and Esc as in any list.
   Without it the button beside the field does the same with a page. */
(function () {
  "use strict";
  var doc = document;

  function make(tag, attributes) {
    var node = doc.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    return node;
  }

  function arm(input) {
    var name = input.getAttribute("data-agencies"), many = input.hasAttribute("data-many");
    var row = input.parentNode, field = input.closest("fieldset");
    var box = make("div", { "class": "drop" }), list = make("ul", { role: "listbox", id: input.id + "-ds" });
    var said = make("span", { "class": "vh", role: "status" });
    var active = null, waits = 0, running = null;
    list.setAttribute("aria-label", field.querySelector("legend").textContent);
    box.hidden = true;
    box.appendChild(list);
    row.appendChild(box);
    row.appendChild(said);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");

    function options() { return Array.prototype.slice.call(list.querySelectorAll("[role=option]")); }
    function mark(option) {
      options().forEach(function (o) { o.setAttribute("aria-selected", String(o === option)); });
      active = option || null;
      if (active) {
        input.setAttribute("aria-activedescendant", active.id);
        active.scrollIntoView({ block: "nearest" });
      } else { input.removeAttribute("aria-activedescendant"); }
    }
    function close() {
      clearTimeout(waits);
      if (running) running.abort();
      running = null;
      box.hidden = true;
      input.setAttribute("aria-expanded", "false");
      mark(null);
    }
    function show(part) {
      list.textContent = "";
      part.querySelectorAll("li").forEach(function (found, n) {
        var option = doc.importNode(found, true);
        option.id = list.id + "-" + n;
        option.className = "pick";
        option.setAttribute("role", "option");
        if (option.hasAttribute("data-closed")) option.setAttribute("aria-disabled", "true");
        list.appendChild(option);
      });
      var all = options(), first = all.filter(function (o) { return !o.hasAttribute("aria-disabled"); })[0];
      said.textContent = part.getAttribute("data-says") || "";
      box.hidden = all.length === 0;
      input.setAttribute("aria-expanded", String(all.length > 0));
      mark(first);
    }
    function seek() {
      var text = input.value.trim();
      if (running) running.abort();
      if (text.length < 2) { close(); return; }
      running = new AbortController();
      fetch("/co-quan?tim=" + encodeURIComponent(text), {
        headers: { Accept: "text/html", "X-Fragment": "tim-thay" }, credentials: "same-origin", signal: running.signal
      }).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (text) {
        var part = new DOMParser().parseFromString(text, "text/html").getElementById("tim-thay");
        if (part && doc.activeElement === input) { show(part); } else { close(); }
      }).catch(function () { /* The button still works. */ });
    }
    function choose(option) {
      if (!option || option.hasAttribute("aria-disabled")) return;
      var code = option.getAttribute("data-code"), picked = field.querySelector(".picked");
      if (!picked) {
        picked = make("ul", { "class": "picked" });
        field.insertBefore(picked, row.parentNode);
      }
      var same = Array.prototype.filter.call(field.querySelectorAll("input[name]"), function (i) {
        return i.name === name && i.value === code;
      })[0];
      if (same) { same.checked = true; } else {
        if (!many) picked.textContent = "";
        var item = make("li"), label = make("label", { "class": "choice" }), words = make("span");
        var tick = make("input", { type: many ? "checkbox" : "radio", name: name, value: code });
        tick.checked = true;
        Array.prototype.forEach.call(option.childNodes, function (node) { words.appendChild(node.cloneNode(true)); });
        label.appendChild(tick);
        label.appendChild(words);
        item.appendChild(label);
        picked.appendChild(item);
      }
      input.value = "";
      close();
      said.textContent = option.textContent;
      input.focus();
    }

    input.addEventListener("input", function () { clearTimeout(waits); waits = setTimeout(seek, 120); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (event.isComposing || box.hidden) {
        if (event.key === "ArrowDown" && !event.isComposing) { seek(); event.preventDefault(); }
        return;
      }
      var all = options(), at = all.indexOf(active);
      if (event.key === "ArrowDown") { mark(all[(at + 1) % all.length]); }
      else if (event.key === "ArrowUp") { mark(all[at <= 0 ? all.length - 1 : at - 1]); }
      else if (event.key === "Escape") { close(); }
      else if (event.key === "Enter" && active && !event.ctrlKey && !event.metaKey) { choose(active); }
      else { return; }
      event.preventDefault();
    });
    /* The field keeps the focus while one clicks in the list. */
    box.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) { choose(event.target.closest("[role=option]")); });
  }

  doc.querySelectorAll("input[data-agencies]:not([role])").forEach(arm);
})();
