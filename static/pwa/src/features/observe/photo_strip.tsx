/** Photos as small pictures, read from the phone while it has them. */

import { useEffect, useState } from "preact/hooks";
import type { BlobRef, RecordPhoto, Sha256 } from "../../domain/types";
import { t } from "../../i18n";
import { Icon } from "../../ui/icon";
import { useSession } from "../context";

export function DraftPhotos({ photos }: { photos: readonly BlobRef[] }) {
  if (photos.length === 0) return null;
  return (
    <ul class="photos" aria-label={t("photo.list")}>
      {photos.map((photo, index) => (
        <li key={photo.sha256}>
          <Photo sha256={photo.sha256} mime={photo.mime} alt={t("photo.number", { number: index + 1 })} />
        </li>
      ))}
    </ul>
  );
}

export function RecordPhotos({ photos }: { photos: readonly RecordPhoto[] }) {
  if (photos.length === 0) return null;
  return (
    <ul class="photos" aria-label={t("photo.list")} data-testid="record-photos">
      {photos.map((photo) => (
        <li key={photo.id} data-state={photo.state}>
          <Photo sha256={photo.sha256} mime="image/jpeg" alt={t("photo.number", { number: photo.slot })} />
          <span class="soft">{t(`photo.state.${photo.state}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function Photo({ sha256, mime, alt }: { sha256: Sha256; mime: string; alt: string }) {
  const address = usePhotoAddress(sha256, mime);
  const [isUnreadable, setUnreadable] = useState(false);
  if (address === null || isUnreadable) {
    return (
      <span class="photo photo-away">
        <Icon name="camera" />
        <span class="sr-only">{alt}</span>
      </span>
    );
  }
  // What this browser cannot show (HEIC) is still a photo, and is sent.
  return <img class="photo" src={address} alt={alt} onError={() => setUnreadable(true)} />;
}

function usePhotoAddress(sha256: Sha256, mime: string): string | null {
  const { store } = useSession();
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isLeft = false;
    store.readPhoto(sha256).then(
      (bytes) => {
        if (bytes === null || isLeft) return;
        made = URL.createObjectURL(new Blob([bytes], { type: mime }));
        setAddress(made);
      },
      // The strip then shows that there is a photo, without it.
      () => undefined,
    );
    return () => {
      isLeft = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [store, sha256, mime]);
  return address;
}
