// The HTML of the tab: not in the page's own, which holds what is seen at once.

export const PANEL = `
  <section class="train-top">
    <div class="train-said">
      <h2 id="train-title"></h2>
      <p id="train-words"></p>
    </div>
    <div class="train-begin">
      <label><span data-text="train_recipe"></span><select id="train-recipe"></select></label>
      <button type="button" id="train-start" class="primary" data-text="train_start"></button>
    </div>
    <div id="train-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" data-label="train_progress" data-share="0" data-state="idle" data-accuracy="" data-model=""><span></span></div>
    <div class="train-steer" id="train-steer" hidden>
      <button type="button" id="train-pause"></button>
      <button type="button" id="train-stop" data-text="train_stop"></button>
      <form id="train-rate-form"><label><span data-text="train_rate"></span><input type="text" inputmode="decimal" id="train-rate" autocomplete="off"></label><button type="submit" data-text="train_rate_set"></button></form>
      <form id="train-save-form"><label><span data-text="train_save_name"></span><input type="text" id="train-save" maxlength="60" autocomplete="off"></label><button type="submit" data-text="train_save"></button></form>
    </div>
    <div id="train-done" hidden>
      <button type="button" id="train-use" class="primary" data-text="train_use"></button>
      <a id="train-explain" href="#inside?view=why" data-text="train_explain"></a>
      <a id="train-browse" data-text="train_browse"></a>
      <a id="train-compare-all" href="#draw" data-text="train_compare_all"></a>
      <form id="train-longer-form"><label><span data-text="train_longer_epochs"></span><input type="number" id="train-longer" min="1" max="100" value="2"></label><button type="submit" data-text="train_longer"></button></form>
    </div>
    <p id="train-notice" role="status" hidden></p>
  </section>
  <p id="train-announcement" class="unseen" aria-live="polite"></p>
  <div id="train-live" hidden>
    <section id="train-digit" class="card">
      <h3 data-text="train_digit"></h3>
      <div class="train-reading"><canvas width="28" height="28" aria-hidden="true"></canvas><p id="train-digit-words"></p><a href="#draw" data-text="train_digit_draw"></a></div>
      <div class="bars" role="group" data-label="bars_label"></div>
    </section>
    <section id="train-accuracy" class="card"></section>
    <section id="train-loss" class="card"></section>
    <section class="card"><h3><span data-text="train_samples"></span> <span id="train-samples-count" class="muted"></span></h3><div id="train-samples"></div></section>
    <section class="card"><h3><span data-text="train_confusion"></span> <span id="train-confusion-count" class="muted"></span></h3><table id="train-confusion" data-label="train_confusion_label"></table></section>
    <section class="card" id="train-filters-card"><h3 data-text="train_filters"></h3><canvas id="train-filters" role="img"></canvas><p class="muted" data-text="train_filters_hint"></p></section>
    <div class="train-under">
      <button type="button" id="train-close-up" data-text="train_close_up" aria-pressed="false"></button>
      <label id="train-with-field"><span data-text="train_with"></span><select id="train-with"></select></label>
      <div id="train-replay" hidden><label><span data-text="train_replay"></span><input type="range" id="train-epoch" min="0" step="1"></label><output id="train-epoch-words"></output><button type="button" id="train-now" data-text="train_now" disabled></button></div>
    </div>
    <ul id="train-events" class="muted"></ul>
  </div>
  <details id="train-change"><summary data-text="train_change"></summary></details>
  <details id="train-own"><summary data-text="own_title"></summary></details>
  <details id="train-own-code"><summary data-text="train_own_code"></summary></details>
  <details id="train-runs"><summary data-text="train_runs"></summary></details>
  <details id="train-experiments"><summary data-text="train_experiments"></summary></details>
  <details id="train-models"><summary data-text="train_models"></summary></details>
`;
