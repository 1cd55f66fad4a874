from cases.codes import CHECK, is_code, new_code


def test_a_new_code_is_well_formed_and_says_its_kind() -> None:
    for prefix in ("TV", "RT"):
        code = new_code(prefix)
        assert is_code(code, prefix)
        assert not is_code(code, "XX")


def test_a_slip_of_one_letter_or_a_swap_of_two_is_noticed() -> None:
    code = new_code("TV")
    body, check = code[:-1], code[-1]
    for place in range(3, 14):
        for letter in "ABDFGIJKLMNOPRSTUVZ":
            wrong = body[:place] + letter + body[place + 1 :] + check
            assert wrong == code or not is_code(wrong)
    assert sum(is_code(body + one) for one in CHECK) == 1


def test_codes_are_said_one_way_only() -> None:
    code = new_code("RT")
    for other in (code.lower(), code + " ", code.replace("-", ""), code + "\n", code[:-1]):
        assert not is_code(other)
