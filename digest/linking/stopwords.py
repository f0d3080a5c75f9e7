"""Words that do not tell the subject of a story: particles, pronouns, reporting verbs, days of the week.

A large site would learn most of them from its own texts, because a word in every text weighs little. A site of twelve
articles cannot, and leaving them out saves work on any site. English and French names occur in texts of every language,
so the English and French lists apply to all texts; the other lists apply to texts in their language. Words are compared
after folding.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from digest.text.folding import fold

ARABIC: Final = """
في من على علي إلى عن مع منذ حتى بين خلال حول ضد عبر نحو لدى عند بعد قبل أمام وراء تحت فوق داخل خارج دون بدون غير
سوى وسط ضمن أثناء رغم بسبب بشأن بحسب حسب وفق وفقا باسم مثل كما مما بما فيما لما إذ إذا إذن لو لولا ثم أو أم بل
لكن لكنه لكنها ولكن إلا أن أنّ إن إنّ أنه أنها أنهم إنه إنها إنهم بأن بأنه بأنها لأن لأنه لأنها كأن وأن وإن فإن
وأنه وأنها حيث حين حينما عندما بعدما قبلما بينما كلما كل كلا كلتا بعض أي أية أيضا فقط قد فقد لقد وقد سوف لن لم
لا ما ليس ليست لست هل نعم كيف متى أين كم ماذا لماذا هذا هذه هذان هؤلاء ذلك تلك أولئك ذات ذو هنا هناك هنالك الذي
التي الذين اللذين اللتين اللواتي والذي والتي هو هي هم هن أنا نحن أنت أنتم وهو وهي وهم له لها لهم لنا لي به بها
بهم بنا فيه فيها فيهم منه منها منهم عليه عليها عليهم إليه إليها إليهم عنه عنها عنهم معه معها معهم لديه لديها
عنده بينهم بينها بينهما ضمنها نفسه نفسها نفس ذاته كان كانت كانوا يكون تكون وكان وكانت كنت ليكون أصبح أصبحت بات
باتت ظل مازال زال يزال تم يتم تمت جرى يمكن يجب ينبغي قال قالت قالوا يقول تقول وقال وقالت أكد أكدت وأكد وأكدت
أضاف أضافت وأضاف وأضافت أوضح وأوضح أوضحت أشار وأشار أشارت مشيرا مؤكدا مضيفا موضحا ذكر ذكرت وذكر أعلن أعلنت وأعلن
أفاد أفادت وأفاد اعتبر صرح بيّن كشف كشفت نقل نقلت نقلا تصريح بيان بلاغ اليوم أمس غدا الآن حاليا مساء صباح صباحا
الماضي الماضية الجاري الجارية الحالي الحالية القادم القادمة المقبل المقبلة السبت الأحد الاثنين الإثنين الثلاثاء
الأربعاء الخميس الجمعة يوم يوما أيام وقت الوقت عام سنة شهر أسبوع ساعة الساعة أول الأول الأولى الثاني الثانية آخر
أخرى الآخر الأخير الأخيرة أحد إحدى عدة عدد أكثر أقل كثير كبير كبيرة جدا جديد جديدة خاصة ومن وفي وعلى وإلى وعن
ومع وبعد وقبل وذلك وهذا وهذه وكذلك كذلك وكل وبين وحتى ولم ولا وما وليس إضافة بالإضافة عبد بن
"""
PERSIAN: Final = """
از به در با برای تا بر که و یا اما اگر هم نیز را این آن آنها آنان او وی ما شما من تو خود خویش است هست بود بودند
شد شده شدند می نمی باشد باشند شود شوند کرد کرده کردند کند کنند کنیم گفت گفته گفتند افزود اظهار اعلام داشت داده
دارد دارند دهد دهند خواهد خواهند باید شاید هر همه هیچ چه چرا چون چند دیگر روی زیر پیش پس بین میان طی درباره مورد
توسط براساس اساس حال هنوز فقط تنها یک دو سه روز امروز دیروز سال ماه هفته شنبه یکشنبه دوشنبه سهشنبه چهارشنبه
پنجشنبه جمعه های ها ای اش
"""
URDU: Final = """
کا کی کے کو نے سے میں پر تک اور یا مگر لیکن اگر تو بھی ہی نہ نہیں ہے ہیں تھا تھی تھے ہو ہوا ہوئی ہوئے ہوگا ہوگی
ہوں گے گا گی کر کرنے کرتے کرتا کیا کیے گیا گئی گئے جا جاتا جاتی رہا رہی رہے دیا دی دیے لیا لیے لیے ساتھ بعد پہلے
دوران مطابق خلاف درمیان یہ وہ اس ان جو جس جن ہم آپ میرے اپنے اپنی اپنا ایک دو کہ کہا کہنا بتایا انہوں انھوں کوئی
کچھ سب تمام ہر جب تب اب یہاں وہاں آج کل روز دن سال ماہ ہفتہ پیر منگل بدھ جمعرات جمعہ اتوار مزید زیادہ بہت صرف
بارے وجہ طور
"""
HEBREW: Final = """
של את על אל עם מן בין כי אם גם או אך אבל רק לא אין יש זה זו זאת אלה אלו הוא היא הם הן אני אתה אנחנו אנו שלו שלה
שלהם שלנו לו לה להם לנו בו בה בהם ממנו אותו אותה אותם היה הייתה היו יהיה תהיה להיות כל כמה מה מי איך למה כאשר
אשר לפני אחרי לאחר תחת מול נגד לפי כמו כדי עד עוד כבר מאוד יותר פחות אמר אמרה אמרו מסר הודיע ציין הוסיף היום
אתמול מחר יום שנה חודש שבוע ראשון שני שלישי רביעי חמישי שישי שבת אחד אחת שני שתי
"""
EVERYWHERE: Final = """
the a an and or but if of in on at by to from for with without into over under about after before between during
against as is are was were be been being has have had do does did will would can could may might must should not
no it its he she they we you his her their our this that these those which who whom whose what when where why
how than then there here also only just more most less very some any all each every other one two new said says
say told according today yesterday monday tuesday wednesday thursday friday saturday sunday day week month year
mr mrs le la les un une des du de au aux et ou mais si dans sur sous par pour avec sans entre vers chez depuis
pendant contre ce cet cette ces il elle ils elles on nous vous je tu son sa ses leur leurs notre nos qui que
quoi dont où est sont était étaient être été ont avait avoir fait ne pas plus moins très aussi selon ainsi comme
après avant lors alors tout tous toute toutes autre autres même deux dit déclaré affirmé indiqué ajouté lundi
mardi mercredi jeudi vendredi samedi dimanche jour semaine mois an ans année aujourd hier qu lui se en http
https www com
"""
BY_LANGUAGE: Final = {"ar": ARABIC, "fa": PERSIAN, "ur": URDU, "he": HEBREW}


@cache
def stop_words(lang: str) -> frozenset[str]:
    """The folded stop words of texts in a language."""
    return frozenset(fold(BY_LANGUAGE.get(lang, "") + EVERYWHERE).split())
