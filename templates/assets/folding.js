// The fold and the stem of digest.text.folding and digest.text.stemming: both give the same text for the same input
// (tests/vectors.json is run through both). Nothing here knows of pages, and no page runs it yet.

const DROPPED = /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u0621]/g;
const SEAT = /(?:\u064a[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]*?\u0654|\u0621)[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]*\u0648/g;
const LETTERS = {"ى": "ي", "ة": "ه", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ٵ": "ا", "ی": "ي", "ے": "ي", "ې": "ي", "ۍ": "ي", "ٸ": "ي", "ٶ": "و", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ک": "ك", "ڪ": "ك", "٠": "0", "١": "1", "٢": "2", "٣": "3", "٤": "4", "٥": "5", "٦": "6", "٧": "7", "٨": "8", "٩": "9", "۰": "0", "۱": "1", "۲": "2", "۳": "3", "۴": "4", "۵": "5", "۶": "6", "۷": "7", "۸": "8", "۹": "9", "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "ς": "σ", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"};
const RARE = new RegExp("[" + Object.keys(LETTERS).join("") + "]", "g");
const TOKEN = /[\p{L}\p{N}\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0dff\u0e00-\u0eff]+/gu;

/** The form in which a text is searched and compared: lower case, without marks, hamza and format characters. */
export const fold = text => text.toLowerCase().normalize("NFKD").toLowerCase().normalize("NFKD")
  .replace(SEAT, "وو").replace(DROPPED, "").replace(RARE, letter => LETTERS[letter]).normalize("NFC");

/** The folded words of a text. */
export const tokens = text => fold(text).match(TOKEN) || [];

const ARTICLES = ["وبال", "وكال", "وفال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "لل", "ال"];
const ENDINGS = [["اتها", 3], ["اتهم", 3], ["اتنا", 3], ["يتها", 3], ["يتهم", 3], ["اته", 3], ["يته", 3], ["هما", 3], ["تها", 2], ["تهم", 2], ["تنا", 3], ["تين", 3], ["تان", 3], ["يات", 3], ["يون", 3], ["يين", 3], ["ته", 2], ["ها", 3], ["هم", 3], ["نا", 3], ["ات", 2], ["ون", 3], ["ين", 4], ["ان", 4], ["وا", 3], ["يه", 3], ["يا", 3], ["ه", 2], ["ي", 3], ["ا", 2], ["ت", 3]];
const PERSIAN = [["هايي", 2], ["هايم", 2], ["هايش", 2], ["ترين", 3], ["هاي", 2], ["ها", 2], ["تر", 3]];
const ARABIC = /^[\u0621-\u064a\u067e\u0686\u0698\u06af\u06a4\u06a8\u06ad]+$/;
const CLITICS = /* clitics.json */ {
"ال": [1, "بوم تحاق تزام زامي عاب عابد عابر كترون ماني هه"],
"و": [1, "اتس اجب اجبار اجبر اجهات اجهت اجهه اجهوا ارد اردف اردوغ اسع اسعار اشنطن اضح اغادو افد اقتنا اقع اقيات اقيه اكب اكبر اينست بوتين تسهم ثايق ثيق جبات جبه جبهه جود جيه حتي حدات حدت حده حشي حيد حيدر داد راث رشه رغه رق ريث زار زرا زن زير ساطه سايل سط شيك صايه صفت صفه صول ضع ضعف ضعيف ضوح طن طنطا طيده ظايف ظيف عكه فاته فاه فد فود فيا فيه قايع قت قتل قتها قع قف قفز قفصه قود قوع قوف كاله لاه لايات لايت لايه لد لدينا لديها لديهم لكي هم يكيلي يلز يلزم يليام يمبل يندسو يندوز"],
"ف": [0, "ا اب ات اجعه اجنر ادح ار اران ارد از اسكيز اش اضل اطمه اغنر اف اق اكهه انكوف اي اير ايض ب براير ت تا تابعه تح تحول تر تك تي جو حسب خرج خل د ذ راس ربما رغم رقعه روا روم ريمان س سا سفاط ش شل صاعدا ع عال عل علوه عليك غ ف ق قد قر قرر قير ك كتوري كر لقد لماذا لو لورن لوريد ليس ليك لين م نحن هناك واد وجووا ورد ورمان وضع وق ولد ويس يب يتع يتم يج يح يدل يديا يرونا يش يصل يع يفر يق يم يهم يو يور"],
"ب": [1, "ابا ابتش ابلو ابوا اتا اتت اتري اتش اتو اتي اجه اجهزه اجو اجي احث ادر ادراج ادماف ارا اراد ارباد اربرا ارد ارز ارع اركر اركل ارنيي ارون اري اريان اريح ازار اشرت اشيني اطل اطلا اعث افار افلي اقات اقتنا اقه اقي اكا اكر اكستا اكور اكي الغ اماكو امبل انكس انكوك انمون اهر اهظ ايرن ايع تروفا ترولي ثته ثها حار حته حث حري حوز حيره خار دات دان داه داوا داي دايره دره دلا دله دني دوي ديل ذاته ذل ذلك ذور رادلي راديش راز رافما راك رام رايتو ربري ربيرو رت رتبه رخان ررت رز رشلون ركا ركه ركيزو رل رم رماده رنا رهم رهوم روتوك روف روك رومي رون روين ري ريا ريف رييس ساط سباس سط سيط سيطر شره شري شريط شعه شكتاش شن شير صري ضاع ضايع ضعه طا طاق طاير طرس طريرك طلا طلت طله طن طول طي عث عدا عده عض عضويه غداد قيه كالور كتيري لاتر لاد لاستي لاغ لاك لانشي لاي لبله لترام لجا لجيك لخ لد لدغ لدين لديهم لطج لغ لف لقاسم لوتو لوغ لومب مثابه معزل مقتضا موجب نا نابل نادي نالا نايها نتاغو نجاب نجام ندقي نزرت نزي نسلفا نسودا نعروس نغ نفيكا نقردا نكي نما نود نوك نيامي نيت نيه هارات هذ هلو واب وادر واسطه وب وت وتيره وجعفر وجيتو وحج وخ ود ور وردين ورش ورقه ورودي وروسي وزلفه وزيد وسالم وست وسطن وسني وش وضياف وط وعر وغ وفيشه وكو ول ولا ولانس ولد وليس وليسا وم ونابر وه ويضات وينغ ي يده يدي يرد يرم يلد يوم يونس"],
"ل": [1, "اتزال اتيني اجوا اجي احظ احق اذع اسلكي اسيما اصق اعب اغوس افارج افتا افروف اقتنا اقي اكو امب اهاي اهو ايحه ايزال ايق ايقا ايمكن ايه ايو بنان جنته جنه جني حظ حظر حوم دغ ديه ذيذ صوص طفي طيف عبت عبنا عبه عبوا غات غت غوي فته فظ قاح قب قبول كن كندا كنيس ندن هجته هجه هذ وايح وبا وبان وبي وجستي وجنيك وح وحد ورانس وفت وك وكاس وكال وكي وم ويزيا يال يام يبر يبرما يبي يتفين يث يدز يره يز يسوا يسي يغا يفا يفي يلا يلت يله يلي يند ينغار ينين يونار يوني"],
"ك": [0, "ابل اتس اثرين اثوا اجرا اح احل اخر ادا ارم ارين اساس اع افضل اك الو امارا امراه امه انتا انتي اندي اهل اول ايل باقي بديل بلد تعويض تلك ج ح خط د ذلك راس راسنو راو رجل رمز ره روس ريان رييس زعيم س سبرجا سوه شا شخص شر شريده شيش ص ض ط ع عكه غ فريق ق لاعب لهم لوب لون لير م مب نا نايس نقطه نوع هد واحد وباني وبر وج ورتوا وزي وسيط وسيله ولاي ولن يا يد يليان"],
"س": [1, "تار تاغ تكون تيف تين ناتور نتا نتي نغا نوات نوي ني يا ياتي يبيري يتي يتيح يجار يرا يرته يرجيو يره يري يرين يزار يسيه يطر يطرح يلتا يلفيو يليا يليك يناتو يناري ينم"],
"ي": [1, "ابان ات انصيب تسن تكون دعي دل دوي سار سارع ساهم شنه صفونه ضعه ضعو طغي فرون قظ قفو ليه مكنك مني ناير نبغي نو هم هني هود وت ورغن وروبو وروفي وسف وغ وفنتو وم ومن ومنا ون ونس ويفا"],
"ب2": [0, "ا اب ات ار اك ب ج ح حث حر خ دت دم زي س سط شط شق شي ض ضع ف ك م نس نص ه ها ون يب يد يه"],
"ل2": [0, "ا اغ اي ب ح حم خط رد ز س ش صد ض طب عل ف فظ قي ك كن ل م نص وف يو"]
};

for (const row of Object.values(CLITICS)) row[1] = new Set(row[1].split(" "));

const falls = (particle, rest) => {
  let [usually, turns] = CLITICS[particle];
  for (let n = 1; n <= Math.min(rest.length, 5); n++) if (turns.has(rest.slice(0, n))) usually ^= 1;
  return usually;
};

const withoutArticle = word => {
  for (const article of ARTICLES) {
    if (!word.startsWith(article) || word.length < article.length + 2) continue;
    const rest = word.slice(article.length);
    if (article.endsWith("لل")) return falls("ل", rest) ? rest : "ل" + rest;
    return falls("ال", rest) ? rest : "";
  }
  return "";
};

const bare = word => {
  let rest = withoutArticle(word);
  if (rest) return rest;
  if ("وف".includes(word[0]) && word.length > 3 && falls(word[0], word.slice(1))) {
    word = word.slice(1);
    rest = withoutArticle(word);
    if (rest) return rest;
  }
  if ("بلك".includes(word[0]) && word.length > 3 && falls(word[0], word.slice(1))) word = word.slice(1);
  else if ("بل".includes(word[0]) && word.length === 3 && falls(word[0] + "2", word.slice(1))) return word.slice(1);
  if (word[0] === "س" && word.length > 4 && "يتن".includes(word[1]) && falls("س", word.slice(1))) return word.slice(2);
  return word[0] === "ي" && word.length > 3 && falls("ي", word.slice(1)) ? word.slice(1) : word;
};

const without = (word, endings) => {
  for (const [ending, least] of endings)
    if (word.endsWith(ending) && word.length >= ending.length + least) return word.slice(0, -ending.length);
  return word;
};

/** The light stem of a word; `lang` is the site's language. */
export const stem = (word, lang = "ar") => {
  const folded = fold(word), language = lang.split("-")[0];
  if (!ARABIC.test(folded)) return folded;
  if (language === "ar") return without(bare(folded), ENDINGS);
  return language === "fa" ? without(folded, PERSIAN) : folded;
};

/** The stems of a text's words, in its order. */
export const stems = (text, lang = "ar") => tokens(text).map(word => stem(word, lang));
