import pytest

from harken.lib.names import initials, sort_key


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Priya Raman", "PR"),
        ("Анна Сергеевна Ковалёва", "АК"),
        ("中村 由美", "中"),
        ("ann@example.com", "A"),
        ("Cher", "C"),
        ("", "?"),
        ("!!!", "?"),
    ],
)
def test_initials_stand_for_a_name(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize("names", [["adam", "Åsa", "Bo"], ["Box 2", "Box 10"], ["елена", "Ёлкин", "Жук"]])
def test_names_sort_as_people_expect(names):
    assert sorted(set(names), key=sort_key) == names


def test_a_sort_key_fits_its_column():
    assert len(sort_key("9" * 10_000)) <= 300
