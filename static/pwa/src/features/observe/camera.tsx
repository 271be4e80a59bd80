/** The camera in the page, so that no other app is opened over it; a file picker where that cannot be had. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Icon, type IconName } from "../../ui/icon";
import { Notice } from "../../ui/parts";

interface CameraProps {
  onPhoto: (photo: Blob) => void;
}

export type CameraView = "opening" | "live" | "refused";

const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1440 } },
};
const FRAME_QUALITY = 0.92;

export function Camera({ onPhoto }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const view = useCameraStream(video);
  const shoot = async () => {
    const photo = video.current && (await grabFrame(video.current));
    if (photo) onPhoto(photo);
  };
  return (
    <div class="camera">
      <div class="camera-view" hidden={view === "refused"}>
        <video ref={video} playsInline muted autoPlay aria-label={t("camera.view")} />
        {view === "opening" && <p class="camera-wait">{t("camera.opening")}</p>}
      </div>
      {view === "refused" && (
        <Notice tone="warn" icon="camera" title={t("camera.refused_title")}>
          <p>{t("camera.refused_text")}</p>
        </Notice>
      )}
      <div class="camera-controls">
        <FileButton icon="gallery" label={t("camera.gallery")} onPhoto={onPhoto} testid="photo-gallery" />
        {view === "refused" ? (
          <FileButton icon="camera" label={t("camera.take")} onPhoto={onPhoto} capture testid="photo-file" />
        ) : (
          <button
            type="button"
            class="shutter"
            disabled={view !== "live"}
            onClick={() => void shoot()}
            data-testid="shutter"
          >
            <span class="sr-only">{t("camera.shutter")}</span>
          </button>
        )}
      </div>
    </div>
  );
}

interface FileButtonProps extends CameraProps {
  icon: IconName;
  label: string;
  capture?: boolean;
  testid: string;
}

/** A file input that looks like a button: the phone's own camera, or its pictures. */
function FileButton({ icon, label, capture = false, onPhoto, testid }: FileButtonProps) {
  return (
    <label class={`button file-button ${capture ? "button-primary" : "button-plain"}`}>
      <Icon name={icon} />
      <span>{label}</span>
      <input
        type="file"
        accept="image/*"
        {...(capture ? { capture: "environment" } : {})}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) onPhoto(file);
        }}
        data-testid={testid}
      />
    </label>
  );
}

/** Show the rear camera in `video` while the screen is open and the page is seen. */
export function useCameraStream(video: { readonly current: HTMLVideoElement | null }): CameraView {
  const [view, setView] = useState<CameraView>("opening");
  useEffect(() => {
    let isLeft = false;
    let stream: MediaStream | null = null;
    const open = async () => {
      try {
        const opened = await navigator.mediaDevices.getUserMedia(WANTED);
        stream = opened;
        if (isLeft || video.current === null) return stop(opened);
        video.current.srcObject = opened;
        await video.current.play().catch(() => undefined);
        setView("live");
      } catch {
        // Refused, taken by another app, or no camera at all: the file picker remains.
        setView("refused");
      }
    };
    // A phone that was locked gives the stream back dead: open it anew.
    const reopen = () => {
      if (document.visibilityState !== "visible" || stream?.active !== false) return;
      setView("opening");
      void open();
    };
    void open();
    document.addEventListener("visibilitychange", reopen);
    return () => {
      isLeft = true;
      document.removeEventListener("visibilitychange", reopen);
      if (stream) stop(stream);
    };
  }, [video]);
  return view;
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The picture in view now as a JPEG, or null when there is none. */
function grabFrame(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  if (canvas.width === 0) return Promise.resolve(null);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", FRAME_QUALITY));
}
