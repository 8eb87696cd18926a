"""Ink and paper: the page's look, on top of Gradio's plainest theme.

Warm paper and near-black ink by day, the reverse by night, and one accent, the red of a teacher's
pen, for what the reader says and what can be pressed. Fonts are the machine's own.
"""

from __future__ import annotations

import gradio as gr

from studio.components import ASSETS

CSS = (ASSETS / "page.css").read_text("utf-8")


def theme() -> gr.themes.Base:
    """The theme; colours are the variables of `page.css`, which know day from night."""
    base = gr.themes.Base(
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        radius_size=gr.themes.sizes.radius_sm,
    )
    both: dict[str, str] = {
        "body_background_fill": "var(--paper)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--pencil)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--sheet)",
        "block_background_fill": "transparent",
        "block_label_text_color": "var(--pencil)",
        "block_title_text_color": "var(--ink)",
        "block_info_text_color": "var(--pencil)",
        "border_color_primary": "var(--line)",
        "border_color_accent": "var(--red)",
        "color_accent": "var(--red)",
        "color_accent_soft": "var(--sheet)",
        "input_background_fill": "var(--sheet)",
        "input_border_color": "var(--line)",
        "input_border_color_focus": "var(--red)",
        "slider_color": "var(--red)",
        "button_primary_background_fill": "var(--red)",
        "button_primary_background_fill_hover": "var(--red-deep)",
        "button_primary_text_color": "var(--on-red)",
        "button_primary_border_color": "var(--red)",
        "checkbox_label_background_fill": "transparent",
        "checkbox_label_background_fill_hover": "var(--sheet)",
        "checkbox_label_background_fill_selected": "var(--red)",
        "checkbox_label_text_color": "var(--ink)",
        "checkbox_label_text_color_selected": "var(--on-red)",
        "checkbox_label_border_color": "var(--line)",
    }
    one_for_both = {"color_accent"}  # variables that Gradio has no second version of
    night = {f"{name}_dark": value for name, value in both.items() if name not in one_for_both}
    return base.set(
        block_border_width="0px",
        checkbox_border_width="1px",
        checkbox_label_border_width="1px",
        input_border_width="1px",
        block_shadow="none",
        block_padding="0px",
        panel_border_width="0px",
        button_primary_shadow="none",
        **both,
        **night,
    )
