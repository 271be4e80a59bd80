/** Läs av: a label at a place or a colleague's code, by camera, by NFC or typed. Works without network and without position. */

import { useEffect, useRef, useState } from "preact/hooks";
import { screenOf, understand } from "../../domain/anchors";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Notice } from "../../ui/parts";
import { Screen } from "../../ui/screen";
import { type App, useApp } from "../context";
import { useCameraStream } from "../observe/camera";
import "./anchor.css";
import { canReadTags, readTags } from "./nfc";
import { readVideo } from "./read_picture";

export function ScanScreen() {
  const app = useApp();
  const [isStrange, setStrange] = useState(false);
  const take = useRef((text: string) => setStrange(!leadOn(app, text))).current;
  return (
    <Screen
      name="scan"
      title={t("scan.read")}
      lead={t("scan.lead")}
      back={{ href: "#/round", label: t("nav.back_to_round") }}
    >
      <Viewfinder onText={take} />
      {isStrange && (
        <Notice tone="warn" icon="alert" testid="scan-strange" urgent>
          <p>{t("scan.strange")}</p>
        </Notice>
      )}
      {canReadTags() && <TagButton onText={take} />}
      <CodeField onText={take} />
    </Screen>
  );
}

/** Go to what was read; false when it is nothing of ours. */
function leadOn(app: App, text: string): boolean {
  const read = understand(text);
  if (read !== null) app.go(screenOf(read), true);
  return read !== null;
}

function Viewfinder({ onText }: { onText: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const view = useCameraStream(video);
  useEffect(() => readVideo(() => video.current, onText), [onText]);
  if (view === "refused") {
    return (
      <Notice tone="warn" icon="camera" title={t("scan.no_camera_title")} testid="scan-no-camera">
        <p>{t("scan.no_camera_text")}</p>
      </Notice>
    );
  }
  return (
    <div class="camera-view scan-view">
      <video ref={video} playsInline muted autoPlay aria-label={t("camera.view")} />
      {view === "opening" && <p class="camera-wait">{t("camera.opening")}</p>}
    </div>
  );
}

function TagButton({ onText }: { onText: (text: string) => void }) {
  const [state, setState] = useState<"off" | "on" | "refused">("off");
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const listen = () => {
    setState("on");
    readTags(stop.current.signal, onText).catch(() => setState("refused"));
  };
  if (state === "on") return <p role="status">{t("scan.tag_waiting")}</p>;
  return (
    <>
      <Button icon="phone_device" onPress={listen} testid="scan-tag">
        {t("scan.tag")}
      </Button>
      {state === "refused" && <p role="status">{t("scan.tag_refused")}</p>}
    </>
  );
}

function CodeField({ onText }: { onText: (text: string) => void }) {
  const [code, setCode] = useState("");
  const [isTried, setTried] = useState(false);
  const isWrong = isTried && understand(code) === null;
  const send = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (understand(code) !== null) onText(code);
  };
  return (
    <form class="scan-code" onSubmit={send}>
      <TextField
        label={t("scan.code")}
        hint={t("scan.code_hint")}
        error={isWrong ? t("scan.code_wrong") : undefined}
        value={code}
        onInput={setCode}
        maxLength={60}
        aside={
          <Button submit testid="scan-code-go">
            {t("scan.code_go")}
          </Button>
        }
        testid="scan-code"
      />
    </form>
  );
}
