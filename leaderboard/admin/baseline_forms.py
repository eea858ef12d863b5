"""The baselines of a competition, as organisers add and delete them."""

from django import forms


class BaselineForm(forms.ModelForm):
    def clean_driver(self) -> str:
        from simulator.policies import by_name  # noqa: PLC0415  # loads numba: only when asked

        driver: str = self.cleaned_data["driver"]
        try:
            by_name(driver)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return driver


class BaselineFormSet(forms.BaseInlineFormSet):
    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if delete := form.fields.get("DELETE"):
            delete.widget.attrs["aria-label"] = f"Delete {form.instance}"
