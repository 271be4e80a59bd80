/** The place the next record will get, filled in already, with a way to change it. */

import { t } from "../../i18n";
import { RowLink } from "../../ui/parts";
import { useSession } from "../context";
import { placeLine } from "../words";

export function NextPlaceLine({ returnTo }: { returnTo: string }) {
  const session = useSession();
  const here = session.here.value;
  return (
    <div class="rows">
      <RowLink
        icon="place"
        title={placeLine(session.source.value.rows, here.place, null)}
        detail={t(`place.source.${here.place_source}`)}
        href={`#/place/next/${returnTo}`}
        testid="place-line"
      />
    </div>
  );
}
