"""However a query is written, it sees one tenant's rows, and none before somebody has said whose."""

import ast
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, exists, func, select, union_all
from sqlalchemy.orm import aliased

from fieldapp.access.models import Organisation, User
from fieldapp.infra.db import TenantMissing, db, transaction
from tests.house.sources import name, python_files
from tests.make.world import World

FORMS: dict[str, Callable[[], Any]] = {
    "plain": lambda: select(func.count(User.id)),
    "a count of rows": lambda: select(func.count()).select_from(User),
    "a join": lambda: select(func.count()).select_from(User).join(Organisation, Organisation.id == User.tenant_id),
    "from a subquery": lambda: select(func.count()).select_from(select(User).subquery()),
    "from a subquery of one column": lambda: select(func.count()).select_from(select(User.id).subquery()),
    "in a subquery": lambda: select(func.count(User.id)).where(User.id.in_(select(User.id))),
    "a scalar subquery": lambda: select(select(func.count(User.id)).scalar_subquery()),
    "a common table expression": lambda: select(func.count()).select_from(select(User.id).cte()),
    "a union": lambda: select(func.count()).select_from(union_all(select(User.id), select(User.id)).subquery()),
    "an alias of a subquery": lambda: select(func.count()).select_from(_aliased()),
}


def _aliased() -> Any:
    return aliased(User, select(User).subquery())


def _count(query: Select[Any]) -> int:
    return int(db.session.execute(query).scalar_one())


@pytest.mark.parametrize("form", FORMS)
def test_a_query_sees_its_tenants_rows_alone(world: World, form: str) -> None:
    own = len(world.home.users) * (2 if form == "a union" else 1)
    with world.as_home():
        assert _count(FORMS[form]()) == own


@pytest.mark.parametrize("form", FORMS)
def test_a_query_before_a_tenant_is_set_is_refused(world: World, form: str) -> None:
    with world.app.app_context(), transaction(write=False), pytest.raises(TenantMissing):
        _count(FORMS[form]())


def test_another_tenants_row_does_not_exist(world: World) -> None:
    with world.as_home():
        assert not db.session.execute(select(exists(select(User.id).where(User.login == "host@annan")))).scalar_one()


def test_tables_are_never_read_past_the_filter() -> None:
    """A query on the table itself is not filtered: the demonstration's removal names its tenant, `infra.rows` sees to it."""
    users = {
        name(path)
        for path in python_files("fieldapp")
        if "__table__" in path.read_text() or "sorted_tables" in path.read_text()
    }
    assert users <= {"fieldapp/demonstration/clearing.py"}


def test_a_table_is_taken_only_for_statements_that_name_their_tenant() -> None:
    """What `table_of` gives is used in the arguments of `prepared` alone; the one exception is where the tenant is found out."""
    loose = {}
    for path in python_files("fieldapp"):
        tree = ast.parse(path.read_text())
        taken = {target.id for node in tree.body for target in _targets_of_table_of(node)}
        used = [node for statement in tree.body if not _is_preparing(statement) for node in ast.walk(statement)]
        found = {node.id for node in used if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)} & taken
        if found:
            loose[name(path)] = found
    assert loose == {}
    across = {name(path) for path in python_files("fieldapp") if "prepared_across_tenants(" in path.read_text()}
    assert across == {"fieldapp/infra/rows.py", "fieldapp/access/login.py"}


def _targets_of_table_of(node: ast.stmt) -> list[ast.Name]:
    """Return the names that a statement of a module gives to tables."""
    if not isinstance(node, ast.Assign) or "table_of(" not in ast.unparse(node.value):
        return []
    return [target for outer in node.targets for target in ast.walk(outer) if isinstance(target, ast.Name)]


def _is_preparing(node: ast.stmt) -> bool:
    """Tell whether a statement of a module prepares something, or names a part of it: a condition, a list of columns."""
    if not isinstance(node, ast.Assign):
        return False
    is_part = all(target.id.startswith("_") for target in node.targets if isinstance(target, ast.Name))
    return is_part and "session" not in ast.unparse(node.value)
