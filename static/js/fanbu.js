// Small helps on pages that work without them: confirmations, closing pop-ups, one click per form, select all, filters that submit.
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = (button && button.dataset.confirm) || form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || form.dataset.many !== undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  window.setTimeout(() => { delete form.dataset.sent; }, 8000);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.pop[open]").forEach((pop) => {
    if (!pop.contains(event.target)) pop.open = false;
  });
  const closer = event.target.closest("[data-close]");
  if (closer) {
    const details = closer.closest("details");
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    }
  }
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.pop[open], details.act[open]").forEach((details) => {
    details.open = false;
    details.querySelector("summary").focus();
  });
  const menu = document.getElementById("menu-switch");
  if (menu) menu.checked = false;
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.dataset.all) {
    document.querySelectorAll(`input[type=checkbox][name="${box.dataset.all}"]:not(:disabled)`).forEach((one) => { one.checked = box.checked; });
  }
  const counter = document.querySelector("[data-count-of]");
  if (counter) {
    counter.textContent = document.querySelectorAll(`input[name="${counter.dataset.countOf}"]:checked`).length;
  }
  if (box.dataset.submit !== undefined) box.form.requestSubmit();
});

// An error summary is read out first.
const errors = document.getElementById("errors");
if (errors) errors.focus();
