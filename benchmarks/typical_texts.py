"""Texts of every kind that people and programs write, to count the tokens of."""

import json
from base64 import b64encode
from collections.abc import Mapping
from random import Random
from uuid import UUID

EMOJI = (*"😀😂🙏👍🎉🔥😊🚀💯✨👀🤔😅🙌💪🥳😎🤖☕✅❌🦜🫠🪿", "❤️", "⚠️", "👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇯🇵", "🇩🇪", "🧑🏻‍💻")
SAID = ("great work", "thanks!", "see you tomorrow", "deploy is done", "lol", "can you review this?", "nice")

ENGLISH = """\
hey team, quick update: the deploy went out at 14:05 and everything looks fine so far. can someone double-check
the dashboards? I'm seeing a small bump in p95 latency but it might just be cache warm-up. Also, who's on call
tonight? I won't be around after 6pm.
Thanks! That makes sense. Could you summarise what we decided yesterday about the pricing page? I remember we
wanted three tiers, but I'm not sure whether the annual discount was 15% or 20%.
Sure. Let's meet tomorrow at 10. I'll bring the numbers and a draft of the announcement. Don't forget to invite
Priya and Tomasz, they asked about the roadmap.
lol ok, sounds good. btw the wifi in the meeting room is awful, maybe we should use the big one upstairs
"""
JAPANESE = """\
お疲れ様です。昨日のデプロイの件ですが、本番環境でエラーが出ているようです。ログを確認してもらえますか?データベ
ースの接続がタイムアウトしているみたいです。今日の午後3時から打ち合わせがあるので、それまでに原因を調べておきた
いと思います。よろしくお願いします!
京都旅行の計画を立てています。金閣寺と清水寺に行きたいんだけど、おすすめのルートを教えてください。雨の場合はどう
したらいいかな?昼ごはんは美味しいうどん屋さんがいいです。予算は一人あたり5,000円くらいでお願いします。
ありがとうございます、助かりました。ちなみに、この関数の引数って省略できますか?ドキュメントを読んでもよく分から
なかったので、サンプルコードがあると嬉しいです。リファクタリングしてからプルリクエストを出しますね。了解です、レ
ビューしておきます。
メモリはスレッドです。スレッドの中で話されたことはすべて保存され、あとから検索することができます。新しい機能につ
いてのフィードバックをお待ちしています。
"""
CHINESE = """\
大家好,今天下午两点我们开会讨论下个季度的计划,请提前准备好数据。如果有问题,请在这个话题里留言。昨天晚上服务器
宕机了,我们需要尽快找到原因并修复。谢谢大家的帮助!你能帮我看一下这段代码吗?我觉得数据库连接有问题。明天早上我
会把报告发到你的邮箱。北京是中华人民共和国的首都,是全国的政治中心、文化中心。这个函数的参数可以省略吗?我看了文
档还是不太明白,有示例代码就更好了。
"""
KOREAN = """\
안녕하세요 여러분, 오늘은 다음 분기 계획에 대해 회의를 하겠습니다. 오후 두 시 전까지 자료를
준비해 주세요. 질문이 있으면 이 스레드에 남겨 주시기 바랍니다. 어젯밤에 서버가 다운되어서 원인을
찾아 최대한 빨리 고쳐야 합니다. 도와주셔서 정말 감사합니다. 이 코드를 검토해 주실 수 있나요?
데이터베이스 연결에 오류가 있는 것 같습니다. 내일 아침에 이메일로 보고서를 보내겠습니다. 한국어는
대한민국과 조선민주주의인민공화국의 공용어이며, 전 세계 여러 지역에 흩어져 사는 한민족 사람들이 쓰고
있다. 회의록은 공유 폴더에 올려 두었으니 확인 부탁드립니다.
"""
RUSSIAN = """\
Всем привет! Сегодня в два часа у нас встреча по плану на следующий квартал, подготовьте, пожалуйста, данные.
Если есть вопросы, пишите в этот тред. Вчера ночью упал сервер, нужно найти причину и как можно скорее
исправить. Большое спасибо за помощь! Можешь посмотреть этот код? Кажется, там ошибка в подключении к базе
данных. Завтра утром пришлю отчёт по почте.
"""
THAI = """\
สวัสดีครับ วันนี้เราจะประชุมกันเรื่องแผนงานของไตรมาสหน้า ขอให้ทุกคนเตรียมข้อมูลให้พร้อมก่อนบ่ายสองโมง
ถ้ามีคำถามอะไรให้ส่งมาในเธรดนี้ได้เลย ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอนหรือวรรณยุกต์เช่นเดียวกับภาษาจีน
และออกเสียงแยกคำต่อคำ ประเทศไทยมีชื่ออย่างเป็นทางการว่าราชอาณาจักรไทย
เป็นรัฐชาติอันตั้งอยู่ในภูมิภาคเอเชียตะวันออกเฉียงใต้ มีพรมแดนติดกับประเทศพม่า ลาว กัมพูชา และมาเลเซีย
กรุงเทพมหานครเป็นศูนย์กลางการบริหารราชการแผ่นดินและนครใหญ่สุดของประเทศ ช่วยตรวจสอบโค้ดนี้ให้หน่อยได้ไหม
ผมคิดว่ามีข้อผิดพลาดในการเชื่อมต่อฐานข้อมูล ขอบคุณมากครับ พรุ่งนี้ฉันจะส่งรายงานให้ทางอีเมล
เซิร์ฟเวอร์ล่มเมื่อคืนนี้ เราต้องหาสาเหตุและแก้ไขโดยเร็วที่สุด
"""
ARABIC = """\
مرحبا بالجميع، سنعقد اليوم اجتماعا لمناقشة خطة العمل للربع القادم. يرجى من الجميع تجهيز البيانات قبل الساعة
الثانية ظهرا. إذا كانت لديكم أي أسئلة فأرسلوها في هذا الموضوع. اللغة العربية هي أكثر اللغات السامية تحدثا، وإحدى
أكثر اللغات انتشارا في العالم، يتحدثها أكثر من أربعمائة وسبعين مليون نسمة. توقف الخادم عن العمل الليلة الماضية
ونحتاج إلى معرفة السبب وإصلاحه في أسرع وقت ممكن. شكرا جزيلا لكم على المساعدة. هل يمكنك مراجعة هذا الكود من فضلك؟
أعتقد أن هناك خطأ في الاتصال بقاعدة البيانات. سأرسل التقرير عبر البريد الإلكتروني غدا صباحا إن شاء الله.
"""
HINDI = """\
नमस्ते सभी को, आज हम अगली तिमाही की योजना पर बैठक करेंगे। कृपया दोपहर दो बजे से पहले अपना डेटा तैयार रखें। यदि
कोई प्रश्न हो तो इस थ्रेड में भेजें। हिन्दी विश्व की एक प्रमुख भाषा है और भारत की एक राजभाषा है। कल रात सर्वर
बंद हो गया था और हमें कारण ढूंढकर उसे जल्द से जल्द ठीक करना होगा। मदद के लिए बहुत धन्यवाद। क्या आप इस कोड की
समीक्षा कर सकते हैं? मुझे लगता है कि डेटाबेस कनेक्शन में त्रुटि है। मैं कल सुबह ईमेल से रिपोर्ट भेजूंगा।
"""
GREEK = """\
Γεια σας σε όλους, σήμερα θα έχουμε συνάντηση για το σχέδιο του επόμενου τριμήνου. Παρακαλώ ετοιμάστε τα
δεδομένα πριν από τις δύο το μεσημέρι. Αν έχετε ερωτήσεις, στείλτε τες σε αυτό το νήμα. Ο διακομιστής έπεσε χθες
το βράδυ και πρέπει να βρούμε την αιτία και να τη διορθώσουμε το συντομότερο δυνατόν.
"""
VIETNAMESE = """\
Xin chào mọi người, hôm nay chúng ta sẽ họp về kế hoạch của quý tới. Vui lòng chuẩn bị dữ liệu trước hai giờ
chiều. Nếu có câu hỏi, hãy gửi vào chủ đề này. Tối qua máy chủ bị sập và chúng ta cần tìm nguyên nhân để sửa
càng sớm càng tốt. Cảm ơn rất nhiều vì đã giúp đỡ. Bạn có thể xem lại đoạn mã này không? Tôi nghĩ có lỗi kết nối
cơ sở dữ liệu.
"""
GERMAN = """\
Guten Morgen zusammen, die neue Version ist seit gestern Abend auf allen Servern. Könnte bitte jemand die Übersichten
prüfen? Die Antwortzeiten sind etwas gestiegen, vermutlich müssen sich die Zwischenspeicher erst wieder füllen. Außerdem
fehlt noch die Zustimmung der Datenschutzbeauftragten; die Besprechung dazu ist am Donnerstag um halb elf. Wer übernimmt
nächste Woche die Rufbereitschaft? Ich wäre ab Mittwoch im Urlaub.
"""
FRENCH = """\
Bonjour à tous, la nouvelle version est en ligne depuis hier soir. Quelqu'un pourrait-il vérifier les tableaux de bord ?
Les temps de réponse ont un peu augmenté, probablement parce que les caches doivent d'abord se remplir. Il nous manque
encore l'accord de la déléguée à la protection des données ; la réunion aura lieu jeudi à dix heures et demie.
"""
SPANISH = """\
Buenos días a todos, la nueva versión está en producción desde anoche. ¿Podría alguien revisar los paneles? Los tiempos
de respuesta han subido un poco, seguramente porque las cachés tienen que llenarse. También nos falta la aprobación de
la responsable de protección de datos; la reunión será el jueves a las diez y media.
"""
PYTHON = '''\
async def fetch(session: Session, url: str, *, retries: int = 3) -> bytes:
    """Fetch a page, trying again after a pause."""
    for attempt in range(1, retries + 1):
        try:
            async with session.get(url, timeout=Timeout(total=10.0)) as response:
                response.raise_for_status()
                return await response.read()
        except (ClientError, TimeoutError) as error:
            log.warning("Attempt %d of %d for %s failed: %r", attempt, retries, url, error)
            if attempt == retries:
                raise FetchError(url) from error
            await asyncio.sleep(0.5 * 2**attempt)
    raise AssertionError("unreachable")


class Queue(Generic[T]):
    def __init__(self, maxsize: int = 0) -> None:
        self._items: deque[T] = deque()
        self._maxsize = maxsize
        self._getters: deque[asyncio.Future[None]] = deque()

    def put_nowait(self, item: T) -> None:
        if 0 < self._maxsize <= len(self._items):
            raise QueueFull
        self._items.append(item)
        self._wake_next(self._getters)
'''
JAVASCRIPT = """\
import { useEffect, useState } from "react";

export function useFetch(url, { retries = 3 } = {}) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  useEffect(() => {
    const controller = new AbortController();
    async function load(attempt) {
      try {
        const response = await fetch(url, { signal: controller.signal });
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        setState({ data: await response.json(), error: null, loading: false });
      } catch (error) {
        if (attempt < retries && !controller.signal.aborted) return load(attempt + 1);
        setState((previous) => ({ ...previous, error, loading: false }));
      }
    }
    load(1);
    return () => controller.abort();
  }, [url, retries]);
  return state;
}
"""
SQL = """\
SELECT c.name, count(*) AS orders, sum(o.total_cents) / 100.0 AS total, max(o.created_at) AS newest
FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status <> 'cancelled'
WHERE c.created_at >= '2026-01-01' AND c.country IN ('DE', 'FR', 'JP')
GROUP BY c.id, c.name HAVING count(*) > 3 ORDER BY total DESC, c.name LIMIT 50;
CREATE INDEX IF NOT EXISTS orders_by_customer ON orders (customer_id, created_at) WHERE status <> 'cancelled';
"""
MARKDOWN = """\
# How to deploy

1. Merge to `main` and wait for the **green** check.
2. Run `make release VERSION=1.4.2`; it tags, builds and pushes the image.
3. Watch the [dashboard](https://status.example.com/d/abc123/overview?from=now-1h) for ten minutes.

> Never deploy on a Friday afternoon, *unless* it is a security fix.

| service | replicas | memory |
|---------|---------:|-------:|
| api     |        4 | 512 Mi |
| worker  |        2 |   1 Gi |

```bash
kubectl rollout status deployment/api --timeout=120s
kubectl rollout undo deployment/api  # if it goes wrong
```

- [x] Announce it in #releases
- [ ] Update the changelog
"""


def _records(random: Random) -> list[object]:
    return [
        {
            "id": str(UUID(int=random.getrandbits(128))),
            "ts": f"{1_700_000_000 + number}.{random.randrange(10**6):06d}",
            "user": f"U0{random.randrange(10**7):07d}",
            "text": random.choice(SAID),
            "reactions": [{"name": "thumbsup", "count": random.randrange(9)}],
            "is_bot": False,
            "score": random.random(),
        }
        for number in range(12)
    ]


def _rows(random: Random) -> str:
    states = ("open", "closed", "in progress")
    return "\n".join(
        f"{row},2026-11-{row % 30 + 1:02d},{random.random() * 1000:.2f},{random.choice(states)},user{row}@example.com"
        for row in range(40)
    )


def _lines(random: Random) -> str:
    return "\n".join(
        f"2026-11-21T08:{at:02d}:{at * 7 % 60:02d}.{at:03d}Z INFO [worker-{at % 8}] app.turns: "
        f"C{random.randrange(10**9)} answered in {random.random() * 9:.1f} s, {random.randrange(3000)} characters"
        for at in range(30)
    )


def texts() -> Mapping[str, str]:
    """Texts by kind, the same every time."""
    random = Random(6)
    return {
        "English": ENGLISH,
        "Japanese": JAPANESE,
        "Chinese": CHINESE,
        "Korean": KOREAN,
        "Russian": RUSSIAN,
        "Greek": GREEK,
        "Thai": THAI,
        "Arabic": ARABIC,
        "Hindi": HINDI,
        "Vietnamese": VIETNAMESE,
        "German": GERMAN,
        "French": FRENCH,
        "Spanish": SPANISH,
        "Python": PYTHON,
        "JavaScript": JAVASCRIPT,
        "SQL": SQL,
        "Markdown": MARKDOWN,
        "JSON, compact": json.dumps(_records(random), separators=(",", ":")),
        "JSON, indented": json.dumps(_records(random), indent=2),
        "CSV": _rows(random),
        "a log": _lines(random),
        "emoji": "".join(random.choice(EMOJI) for _ in range(150)),
        "chat with emoji": " ".join(f"{random.choice(SAID)} {random.choice(EMOJI)}" for _ in range(60)),
        "base64": b64encode(random.randbytes(1_500)).decode(),
        "hexadecimal": random.randbytes(1_000).hex(),
    }


O200K = {
    "English": 171,
    "Japanese": 291,
    "Chinese": 135,
    "Korean": 177,
    "Russian": 96,
    "Greek": 110,
    "Thai": 255,
    "Arabic": 158,
    "Hindi": 139,
    "Vietnamese": 106,
    "German": 95,
    "French": 77,
    "Spanish": 70,
    "Python": 267,
    "JavaScript": 196,
    "SQL": 128,
    "Markdown": 182,
    "JSON, compact": 940,
    "JSON, indented": 1347,
    "CSV": 759,
    "a log": 1245,
    "emoji": 364,
    "chat with emoji": 298,
    "base64": 1365,
    "hexadecimal": 1138,
}
"""How many tokens each text has in OpenAI's vocabulary o200k_base, as bpe-openai 0.1.4 counts them."""
