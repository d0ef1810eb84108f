/* Makes pages faster; every page works without it. Marked links and forms swap one part of the page; letters act;
   a form is sent once; a menu closes with Esc. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  var live = doc.createElement("div");
  live.className = "vh";
  live.setAttribute("role", "status");

  /* Đ answers to D too: it is not on every keyboard. */
  function plain(key) { return key.toLowerCase().replace("đ", "d"); }
  function inField(node) {
    return node && (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) || node.isContentEditable);
  }
  function busy(id, on) {
    var box = doc.getElementById(id);
    if (!box) return;
    if (on) { box.setAttribute("aria-busy", "true"); } else { box.removeAttribute("aria-busy"); }
  }

  /* Fragment: fetch the whole page, take the part with the same id, keep height and focus. */
  var running = null;
  function swap(url, id, options, push) {
    var box = doc.getElementById(id);
    if (!box || !window.fetch || !window.DOMParser) return false;
    if (running) running.abort();
    running = window.AbortController ? new AbortController() : null;
    options.headers = { Accept: "text/html", "X-Fragment": id };
    options.credentials = "same-origin";
    if (running) options.signal = running.signal;
    busy(id, true);
    fetch(url, options).then(function (answer) {
      var type = answer.headers.get("content-type") || "";
      if (type.indexOf("text/html") !== 0) { location.assign(url); return null; }
      return answer.text().then(function (text) {
        var next = new DOMParser().parseFromString(text, "text/html");
        var part = next.getElementById(id);
        if (!part) { location.assign(answer.url); return; }
        var active = doc.activeElement, keep = active && active.id && box.contains(active) ? active.id : null;
        var inside = active && box.contains(active);
        box.style.minHeight = box.offsetHeight + "px";
        box.replaceWith(part);
        /* The other parts that say where one is: list, navigation, message. */
        ["danh-sach"].forEach(function (other) {
          var from = next.getElementById(other), to = doc.getElementById(other);
          if (other !== id && from && to) {
            var top = to.scrollTop, mine = doc.activeElement && to.contains(doc.activeElement);
            var href = mine && doc.activeElement.getAttribute("href");
            to.replaceWith(from);
            from.scrollTop = top;
            if (href) {
              var same = Array.prototype.find.call(from.querySelectorAll("a"), function (a) { return a.getAttribute("href") === href; });
              same = same || from.querySelector("[aria-current]");
              if (same) same.focus({ preventScroll: true });
            }
          }
        });
        var nav = next.querySelector(".nav"), mineNav = doc.querySelector(".nav");
        if (nav && mineNav) mineNav.replaceWith(nav);
        doc.title = next.title;
        live.textContent = next.title;
        if (push) history.pushState({ swap: id }, "", answer.url);
        var focus = keep && doc.getElementById(keep) || part.querySelector("[data-focus]");
        if (focus) { focus.focus(); } else if (inside) { part.setAttribute("tabindex", "-1"); part.focus({ preventScroll: true }); }
        ready(part);
      });
    }).catch(function (error) {
      if (error.name !== "AbortError") { busy(id, false); location.assign(url); }
    });
    return true;
  }

  function wide() { return window.matchMedia("(min-width:801px)").matches; }

  doc.addEventListener("click", function (event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    var add = event.target.closest("[data-add]");
    if (add) {
      var area = add.closest(".field").querySelector("textarea");
      if (area) {
        var text = area.value.replace(/\s+$/, "");
        area.value = (text ? text + " " : "") + add.getAttribute("data-add");
        area.focus();
        event.preventDefault();
      }
      return;
    }
    var blocked = event.target.closest("[aria-disabled]");
    if (blocked) { event.preventDefault(); return; }
    var link = event.target.closest("a[data-swap]");
    if (link && wide() && link.origin === location.origin && swap(link.href, link.getAttribute("data-swap"), {}, true)) {
      event.preventDefault();
    }
    doc.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    var id = form.getAttribute("data-swap"), sender = event.submitter;
    if (id && form.method === "get" && window.URLSearchParams) {
      var query = new URLSearchParams(new FormData(form)).toString();
      if (swap(form.action.split("?")[0] + "?" + query, id, {}, true)) { event.preventDefault(); return; }
    }
    if (form.method === "post") {
      form.setAttribute("data-sent", "");
      if (sender) sender.setAttribute("aria-busy", "true");
      /* A download or an error of the line leaves the page standing: let the person try again. */
      setTimeout(function () { form.removeAttribute("data-sent"); if (sender) sender.removeAttribute("aria-busy"); }, 8000);
    }
  });

  window.addEventListener("popstate", function (event) {
    var id = event.state && event.state.swap || "xem";
    if (!doc.getElementById(id) || !swap(location.href, id, {}, false)) location.reload();
  });
  window.addEventListener("pageshow", function () {
    doc.querySelectorAll("[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
  });

  /* Keys. */
  function move(step) {
    var items = Array.prototype.slice.call(doc.querySelectorAll(".item,.card .subj a"));
    if (!items.length) return false;
    var at = items.indexOf(doc.activeElement);
    if (at < 0) at = items.findIndex(function (i) { return i.hasAttribute("aria-current"); });
    var next = items[Math.max(0, Math.min(items.length - 1, at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  doc.addEventListener("keydown", function (event) {
    if (event.isComposing || event.defaultPrevented) return;
    var key = event.key, here = doc.activeElement;
    if (key === "Escape") {
      var open = here && here.closest("details[open].menu");
      if (open) { open.open = false; open.querySelector("summary").focus(); event.preventDefault(); }
      else if (here && here.type === "search") { here.blur(); }
      return;
    }
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      var form = here && here.form || here && here.closest("form") || doc.querySelector("form[data-send]");
      if (form) {
        var button = doc.querySelector('.btn.pri[form="' + form.id + '"]') || form.querySelector(".btn.pri");
        event.preventDefault();
        if (button) { button.click(); } else { form.requestSubmit(); }
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || inField(here) || root.getAttribute("data-keys") === "off") return;
    var done = false, lower = plain(key);
    if (key === "/") {
      var search = doc.querySelector(".mast input[type=search]");
      if (search) { search.focus(); search.select(); done = true; }
    } else if (lower === "j") { done = move(1); }
    else if (lower === "k") { done = move(-1); }
    else if (key === "?") { location.assign("/tro-giup"); done = true; }
    else if (key.length === 1) {
      var target = Array.prototype.find.call(doc.querySelectorAll("[data-key]"), function (node) {
        return plain(node.getAttribute("data-key")) === lower && node.offsetParent !== null;
      });
      if (target) { target.click(); done = true; }
    }
    if (done) event.preventDefault();
  });

  function ready(part) {
    var focus = part.querySelector("[data-focus]");
    if (focus) focus.focus();
  }
  doc.body.appendChild(live);
  ready(doc);
})();
