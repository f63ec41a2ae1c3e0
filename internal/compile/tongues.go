package compile

import "strings"

// tongue is what people say around answers in a language, and the words of it that are
// answers. All are lists separated by commas.
type tongue struct {
	code string

	hi     string // said first
	lead   string // before any answer
	thanks string // behind it

	count   string // before a number
	pauses  string // behind "one", where it asks for time and is no number
	figures string // numbers in words, each with its figures
	comma   bool   // a comma is the decimal point

	at, dot string // in an address that is spoken

	name    string // before a name
	surname string // before a last name
	home    string // before a place
	before  string // before a code or a number of digits
	never   string // no name has these words
	starts  string // no name begins with these
	inner   string // nor has any of these, unless they lead to it
	nothing string // an answer of these alone is none

	yes, no      string
	days, months string // lines of a value and the ways to say it
	dayLead      string // before a day or a date
	monthLead    string // before a month
	dayTail      string // behind it
	relative     string // days that depend on today
	of           string // between day and month, and month and year

	timeLead string
	am, pm   string // behind a time
	noon     string // times that are a word
	midnight string
	hour     string // behind an hour
	half     string // before an hour, half an hour after it
	quarter  string // a quarter after it
	to       string // a quarter before it
	halfTo   string // half an hour before it
	halfPast string // behind an hour, half an hour after it
	past     string // a quarter after it
	less     string // a quarter before it
}

// tongues are the languages of a bot. The figures of any language are understood, and the
// words of these.
type tongues struct {
	known []*tongue

	// english reports whether there is no language besides English. Lists of English names
	// are complete for such a bot only.
	english bool

	// monthFirst reports whether 5/4 is the fourth of May: in the United States.
	monthFirst bool
}

// tonguesOf are the languages of a bot by the tags of its samples.
func tonguesOf(tags []string) tongues {
	codes := map[string]bool{}
	american := true
	for _, tag := range tags {
		code, region, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
		codes[code] = true
		american = american && (region == "" || region == "us")
	}
	delete(codes, "")
	if len(codes) == 0 {
		codes["en"] = true
	}
	t := tongues{english: codes["en"] && len(codes) == 1}
	t.monthFirst = t.english && american
	for _, l := range spoken {
		if codes[l.code] {
			t.known = append(t.known, l)
		}
	}
	return t
}

// all joins the lists of each language.
func (t tongues) all(list func(*tongue) string) string {
	var parts []string
	for _, l := range t.known {
		if s := list(l); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// or is the language, or English where a bot speaks none that is known: names of days and
// the like, and yes and no, are known in it everywhere.
func (t tongues) or() tongues {
	if len(t.known) == 0 {
		t.known = spoken[:1]
	}
	return t
}

// spoken are the languages whose words are known, English first.
var spoken = []*tongue{
	{
		code:   "en",
		hi:     `um, sorry, well, oh, hi, hello, hey, yes, yeah, yep, ok, okay, sure, so, and`,
		lead:   `it's, it is, that's, that is, make it, let's say, let's do, how about, maybe, probably, prob, i think, i'd say, i'd like, just, only, about, around, like`,
		thanks: `please, pls, plz, thanks, thank you, thx, ty`,

		count:  `we're, we are, we'll be, there's, there are, there will be, there'll be, i have, we have, can we do, we need, the, room for, for, a, party of, group of, table for, number`,
		pauses: `moment, minute, min, sec, second, question, thing, idea, more, other, time, day`,

		at:      `at`,
		dot:     `dot`,
		name:    `my name is, my name's, my first name is, name is, name's, name, the name is, the name's, first name is, first name, i'm, i am, it's, it is, this is, call me, you can call me, just call me, they call me, everyone calls me, people call me, i go by`,
		surname: `my last name is, my last name's, my surname is, my surname's, last name's, my family name is, my name is, last name is, last name, surname is, surname, family name is, family name, the last name is, i'm, i am, it's, it is, that's, mr., mrs., ms., miss, dr.`,
		home:    `i live in, i live near, i'm living in, i'm currently in, based in, i'm based in, just outside, outside, we live in, i'm in, i am in, we're in, i'm from, i am from, from, in, near, at, it's, it is, the city is, the city of, my city is, city of`,
		before:  `my, the, our, is, are, number, no., #, code, id, pin, zip, postal, account, order, member, membership, customer, booking, confirmation, reference, ticket, tracking, case, card, policy, phone, invoice, serial`,
		never: `don't, know, not, isn't, why, what, what's, who, how, where, when, which, need, want, wanna, could, would, should, does, did, are, was, were, have, has, had, give, tell, ask, speak, talk, already, business, secret,
			private, personal, same, before, number, for, with, because, later, minute, moment, sec, second, question, human, agent, rather, on, stupid, working, works, whatever, depends, anything, something, somewhere, options, raining, moved, money, cash, help, else, up, back, over, check, now, going, trying, very, really, none, too, far, away, nearest, closest, one, any, every, other`,
		inner:   `is, i, me, my, it, to, be, if, or, this, that, there, out, down, off`,
		starts:  `i, i'm, we, we're, you, he, she, they, it, it's, its, this, that, that's, there, here, my, your, is, do, can, let, no, yes, never, forget, hold, go, skip, cancel, good, thank, thanks, please, sorry, stop, a, an`,
		nothing: `hi, hello, hey, no, thanks, stop, cancel, quit, exit, start, restart, menu, skip, pass, wait, sorry, idk, nothing, none, any, all, nobody, huh, hm, hmm, lol, wtf, ok, okay, k, yep, yeah, nope, nah, maybe, sure, state, city, name, money, help, bye, haha, here, there, me, nowhere, today, tonight, tomorrow, yesterday`,

		yes: `yes, y, yeah, yea, yep, yup, ya, yes please, yes sir, yes ma'am, oh yes, yes i am, yes it is, sure, sure thing, ok, okay, k, of course, correct, right, that's right, that's correct, that is correct, that is right,
			absolutely, definitely, certainly, affirmative, please do, i do, we do, true, sounds good, go ahead, go for it, let's do it, let's go, why not, that works, works, works for me, perfect, great, fine, that's fine, good, totally, i guess so, i guess, i think so, i would, i'd love to, yessir, then, indeed, alright, all right, 👍`,
		no: `no, n, nope, nah, no thanks, no thank you, i don't, i'm not, we don't, it isn't, it's not, not really, not now, not yet, never, negative, don't, absolutely not, of course not, definitely not, oh no, no sir, no ma'am, no way, noo, nooo, not at all, not at the moment, not today, i'd rather not, rather not, i'm good, that's wrong, that's not right, that's incorrect, not correct, don't think so, i don't think so, i do not, sorry, false, wrong, incorrect, 👎`,
		days: `Monday: monday, mondays, mon
			Tuesday: tuesday, tuesdays, tue, tues, tuseday
			Wednesday: wednesday, wednesdays, wed, weds, wendesday, wensday
			Thursday: thursday, thursdays, thu, thur, thurs, thrusday, thursay
			Friday: friday, fridays, fri, firday
			Saturday: saturday, saturdays, sat, satuday, saterday
			Sunday: sunday, sundays, sun`,
		months: `January: january, jan, janurary
			February: february, feb, febuary
			March: march, mar
			April: april, apr
			May: may
			June: june, jun
			July: july, jul
			August: august, aug
			September: september, sep, sept, septemeber
			October: october, oct
			November: november, nov
			December: december, dec`,
		dayLead:   `on, in, by, the, next, this, coming, last, every, sometime, a, for`,
		monthLead: `month of, early, mid, late, end of, beginning of, start of, my birthday is in`,
		dayTail:   `morning, afternoon, evening, night, works, works for me, is good, is fine, is best, would be good, would be great, then`,
		relative:  `today, tonight, tomorrow, tomorow, tommorow, tmrw, tmr, yesterday, day after tomorrow, day before yesterday, week, weekend, month, year, end of the month, end of the week, christmas, christmas eve, christmas day, xmas, day after christmas, day after xmas, easter, thanksgiving, halloween, new year's, new year's eve, new year's day`,
		of:        `of`,

		timeLead: `at, by, after, before, anytime after, from, for, can you do, can we do, i'm free at, it's, it is, that's, make it, let's say, let's do, how about, what about, maybe, say, i'd like, around, about, approximately, probably`,
		am:       `am, a.m., in the morning, this morning, morning`,
		pm:       `pm, p.m., in the afternoon, in the evening, at night, tonight, this evening, this afternoon`,
		noon:     `noon, midday`,
		midnight: `midnight`,
		hour:     `o'clock, o clock, hours, hrs, ish, sharp, or so`,
		half:     `half past`,
		quarter:  `quarter past, quarter after, a quarter past`,
		to:       `quarter to, quarter of, quarter till, a quarter to`,
	},
	{
		code:   "es",
		hi:     `hola, sí, si, ok, claro, bueno, pues, eh`,
		lead:   `es, son, serían, sería, quiero, quisiera, prefiero, mejor, tal vez, creo que, como, unos, unas, sólo, solamente, aproximadamente`,
		thanks: `por favor, porfa, gracias`,
		count:  `somos, seremos, tengo, tenemos, hay, para, mesa para, una mesa para, número`,
		pauses: `momento, momentito, minuto, minutito, segundo, rato, pregunta, cosa`,
		figures: `cero:0, un:1, uno:1, una:1, dos:2, tres:3, cuatro:4, cinco:5, seis:6, siete:7, ocho:8, nueve:9, diez:10, once:11, doce:12, trece:13, catorce:14, quince:15, dieciséis:16, diecisiete:17, dieciocho:18,
			diecinueve:19, veinte:20, veintiuno:21, veintidós:22, veinticinco:25, treinta:30, cuarenta:40, cincuenta:50, sesenta:60, setenta:70, ochenta:80, noventa:90, cien:100, docena:12, media docena:6`,
		comma:    true,
		at:       `arroba`,
		dot:      `punto`,
		name:     `me llamo, mi nombre es, soy, nombre, es, me dicen`,
		surname:  `mi apellido es, apellido, me llamo, soy, es`,
		home:     `vivo en, estoy en, soy de, de, en, cerca de, la ciudad es, la ciudad de`,
		before:   `mi, el, la, es, número, código, cuenta, pedido, teléfono`,
		never:    `no, sé, qué, por qué, cómo, cuándo, dónde, quién, cuál, quiero, necesito, puedo, puede, puedes, tengo, hablar, persona, momento, minuto, ayuda, secreto, para, con, después`,
		inner:    `es, está, me, mi, te, yo, que, si`,
		starts:   `yo, tú, él, ella, esto, eso, mi, tu, hay, un, una, gracias`,
		nothing:  `hola, sí, si, ok, ayuda, cancelar, nada, ninguno, gracias, claro, adiós, espera, no, yo, nadie, hoy, mañana, ayer`,
		yes:      `sí, si, s, claro, claro que sí, por supuesto, sí por favor, correcto, vale, exacto, de acuerdo, así es`,
		no:       `no, n, no gracias, nunca, para nada, ahora no, incorrecto`,
		days:     "Monday: lunes\nTuesday: martes\nWednesday: miércoles\nThursday: jueves\nFriday: viernes\nSaturday: sábado\nSunday: domingo",
		months:   "January: enero\nFebruary: febrero\nMarch: marzo\nApril: abril\nMay: mayo\nJune: junio\nJuly: julio\nAugust: agosto\nSeptember: septiembre, setiembre\nOctober: octubre\nNovember: noviembre\nDecember: diciembre",
		dayLead:  `el, la, los, en, este, esta, próximo, próxima, para el, día`,
		dayTail:  `por la mañana, por la tarde, por la noche, está bien, próximo, que viene`,
		relative: `hoy, mañana, pasado mañana, ayer, anteayer, semana, mes, fin de semana, esta noche, navidad, nochevieja`,
		of:       `de, del`,
		timeLead: `a las, a la, las, la, sobre las, es, son`,
		am:       `am, a.m., de la mañana`,
		pm:       `pm, p.m., de la tarde, de la noche`,
		noon:     `mediodía, al mediodía`,
		midnight: `medianoche, a medianoche`,
		hour:     `h, horas, en punto`,
		halfPast: `y media`,
		past:     `y cuarto, y quince`,
		less:     `menos cuarto`,
	},
	{
		code:   "pt",
		hi:     `oi, olá, sim, ok, claro, bom, então`,
		lead:   `é, são, seria, quero, queria, prefiro, talvez, acho que, uns, umas, só, apenas`,
		thanks: `por favor, obrigado, obrigada`,
		count:  `somos, seremos, tenho, temos, há, para, mesa para, uma mesa para, número`,
		pauses: `momento, momentinho, minuto, minutinho, segundo, instante, pergunta, coisa`,
		figures: `zero:0, um:1, uma:1, dois:2, duas:2, três:3, quatro:4, cinco:5, seis:6, sete:7, oito:8, nove:9, dez:10, onze:11, doze:12, treze:13, catorze:14, quatorze:14, quinze:15, dezesseis:16, dezessete:17, dezoito:18,
			dezenove:19, vinte:20, vinte e um:21, vinte e cinco:25, trinta:30, quarenta:40, cinquenta:50, sessenta:60, setenta:70, oitenta:80, noventa:90, cem:100, dúzia:12, meia dúzia:6`,
		comma:    true,
		at:       `arroba`,
		dot:      `ponto`,
		name:     `meu nome é, me chamo, chamo-me, sou, sou o, sou a, nome, é`,
		surname:  `meu sobrenome é, sobrenome, apelido, me chamo, sou, é`,
		home:     `moro em, estou em, sou de, de, em, no, na, perto de, a cidade é`,
		before:   `meu, minha, o, a, é, número, código, conta, pedido, telefone`,
		never:    `não, sei, que, por que, como, quando, onde, quem, qual, quero, preciso, posso, pode, tenho, falar, pessoa, momento, minuto, ajuda, segredo, para, com, depois`,
		inner:    `é, está, me, eu, que, se`,
		starts:   `eu, você, ele, ela, isso, isto, meu, minha, há, um, uma, obrigado`,
		nothing:  `oi, olá, sim, não, ok, ajuda, cancelar, nada, nenhum, obrigado, obrigada, claro, tchau, espera, eu, ninguém, hoje, amanhã, ontem`,
		yes:      `sim, s, claro, claro que sim, com certeza, sim por favor, correto, certo, isso, exato, pode ser`,
		no:       `não, nao, n, não obrigado, não obrigada, nunca, de jeito nenhum, agora não, errado`,
		days:     "Monday: segunda-feira, segunda feira, segunda\nTuesday: terça-feira, terça feira, terça\nWednesday: quarta-feira, quarta feira, quarta\nThursday: quinta-feira, quinta feira, quinta\nFriday: sexta-feira, sexta feira, sexta\nSaturday: sábado\nSunday: domingo",
		months:   "January: janeiro\nFebruary: fevereiro\nMarch: março\nApril: abril\nMay: maio\nJune: junho\nJuly: julho\nAugust: agosto\nSeptember: setembro\nOctober: outubro\nNovember: novembro\nDecember: dezembro",
		dayLead:  `no, na, em, este, esta, próximo, próxima, dia, o, a`,
		dayTail:  `de manhã, à tarde, à noite, está bom, que vem`,
		relative: `hoje, amanhã, depois de amanhã, ontem, anteontem, semana, mês, fim de semana, hoje à noite, natal`,
		of:       `de`,
		timeLead: `às, à, as, lá pelas, é, são`,
		am:       `am, a.m., da manhã`,
		pm:       `pm, p.m., da tarde, da noite`,
		noon:     `meio-dia, meio dia, ao meio-dia`,
		midnight: `meia-noite, meia noite, à meia-noite`,
		hour:     `h, horas, hora, em ponto`,
		to:       `um quarto para as, quinze para as, quinze para às`,
		halfPast: `e meia`,
		past:     `e um quarto, e quinze`,
		less:     `menos um quarto`,
	},
	{
		code:   "fr",
		hi:     `bonjour, salut, oui, ok, d'accord, bon, alors, euh`,
		lead:   `c'est, ce sera, ce serait, je voudrais, je veux, je préfère, peut-être, je crois, environ, seulement, disons, plutôt`,
		thanks: `s'il vous plaît, s'il te plaît, svp, stp, merci`,
		count:  `nous sommes, nous serons, on est, on sera, j'ai, nous avons, pour, une table pour, table pour, numéro`,
		pauses: `moment, instant, minute, seconde, question, chose, peu`,
		figures: `zéro:0, un:1, une:1, deux:2, trois:3, quatre:4, cinq:5, six:6, sept:7, huit:8, neuf:9, dix:10, onze:11, douze:12, treize:13, quatorze:14, quinze:15, seize:16, dix-sept:17, dix-huit:18, dix-neuf:19,
			vingt:20, vingt et un:21, vingt-cinq:25, trente:30, quarante:40, cinquante:50, soixante:60, soixante-dix:70, quatre-vingts:80, quatre-vingt-dix:90, cent:100, douzaine:12, demi-douzaine:6`,
		comma:    true,
		at:       `arobase`,
		dot:      `point`,
		name:     `je m'appelle, mon nom est, mon prénom est, moi c'est, je suis, prénom, c'est, appelez-moi`,
		surname:  `mon nom de famille est, mon nom est, nom, je m'appelle, je suis, c'est`,
		home:     `j'habite à, j'habite, je vis à, je suis à, je viens de, de, à, près de, la ville est`,
		before:   `mon, ma, le, la, c'est, est, numéro, code, compte, commande, téléphone`,
		never:    `pas, sais, quoi, pourquoi, comment, quand, où, qui, quel, quelle, veux, besoin, peux, puis, pouvez, parler, quelqu'un, moment, minute, aide, secret, pour, avec, plus tard`,
		inner:    `est, je, tu, me, ne, que, ce`,
		starts:   `je, tu, il, elle, nous, vous, ça, ceci, mon, ma, votre, un, une, merci, non`,
		nothing:  `bonjour, salut, oui, non, ok, aide, annuler, rien, aucun, merci, attendez, moi, personne, aujourd'hui, demain, hier`,
		yes:      `oui, o, ouais, bien sûr, d'accord, oui s'il vous plaît, oui merci, exact, exactement, c'est ça, absolument, tout à fait`,
		no:       `non, n, non merci, jamais, pas du tout, pas maintenant, faux`,
		days:     "Monday: lundi\nTuesday: mardi\nWednesday: mercredi\nThursday: jeudi\nFriday: vendredi\nSaturday: samedi\nSunday: dimanche",
		months:   "January: janvier\nFebruary: février\nMarch: mars\nApril: avril\nMay: mai\nJune: juin\nJuly: juillet\nAugust: août\nSeptember: septembre\nOctober: octobre\nNovember: novembre\nDecember: décembre",
		dayLead:  `le, la, en, ce, cette, pour le, au mois de`,
		dayTail:  `matin, après-midi, soir, prochain, prochaine, ça va, ça marche`,
		relative: `aujourd'hui, demain, après-demain, hier, avant-hier, semaine, mois, week-end, ce soir, noël`,
		of:       `de`,
		timeLead: `à, vers, c'est, plutôt à`,
		am:       `am, du matin`,
		pm:       `pm, de l'après-midi, du soir`,
		noon:     `midi, à midi`,
		midnight: `minuit, à minuit`,
		hour:     `h, heures, heure, pile`,
		halfPast: `et demie, et demi`,
		past:     `et quart, et un quart`,
		less:     `moins le quart, moins quart`,
	},
	{
		code:   "de",
		hi:     `hallo, ja, ok, okay, klar, gut, also, äh`,
		lead:   `es ist, es sind, das ist, das sind, das wäre, ich möchte, ich hätte gern, ich nehme, lieber, vielleicht, ich glaube, etwa, ungefähr, nur, sagen wir, so`,
		thanks: `bitte, danke, vielen dank`,
		count:  `wir sind, wir sind zu, ich habe, wir haben, es gibt, für, ein tisch für, tisch für, nummer, zu`,
		pauses: `moment, momentchen, minute, sekunde, augenblick, frage, bisschen`,
		figures: `null:0, ein:1, eins:1, eine:1, zwei:2, zwo:2, drei:3, vier:4, fünf:5, sechs:6, sieben:7, acht:8, neun:9, zehn:10, elf:11, zwölf:12, dreizehn:13, vierzehn:14, fünfzehn:15, sechzehn:16, siebzehn:17,
			achtzehn:18, neunzehn:19, zwanzig:20, einundzwanzig:21, fünfundzwanzig:25, dreißig:30, dreissig:30, vierzig:40, fünfzig:50, sechzig:60, siebzig:70, achtzig:80, neunzig:90, hundert:100, dutzend:12`,
		comma:    true,
		at:       `at, ät`,
		dot:      `punkt`,
		name:     `ich heiße, ich heisse, mein name ist, mein Name ist, mein vorname ist, ich bin, ich bin die, ich bin der, name, das ist, nennen sie mich`,
		surname:  `mein nachname ist, mein Nachname ist, mein name ist, mein Name ist, nachname, ich heiße, ich bin, das ist, herr, frau`,
		home:     `ich wohne in, ich lebe in, ich bin in, ich komme aus, aus, in, bei, nahe, die stadt ist`,
		before:   `meine, mein, die, der, ist, nummer, code, konto, bestellung, telefon`,
		never:    `nicht, weiß, was, warum, wie, wann, wo, wer, welche, welcher, will, brauche, kann, können, möchte, sprechen, jemand, moment, minute, hilfe, geheim, für, mit, später, noch, kein, keine`,
		inner:    `ist, ich, du, mir, mich, es, dass`,
		starts:   `ich, du, er, sie, wir, es, das, dies, mein, ihr, ein, eine, danke, nein`,
		nothing:  `hallo, ja, nein, ok, hilfe, abbrechen, nichts, keiner, danke, warte, ich, niemand, heute, morgen, gestern`,
		yes:      `ja, j, jo, jawohl, klar, ja bitte, ja gern, gerne, sicher, natürlich, richtig, genau, stimmt, auf jeden fall`,
		no:       `nein, n, nö, nee, nein danke, nie, niemals, jetzt nicht, auf keinen fall, falsch`,
		days:     "Monday: montag\nTuesday: dienstag\nWednesday: mittwoch\nThursday: donnerstag\nFriday: freitag\nSaturday: samstag, sonnabend\nSunday: sonntag",
		months:   "January: januar, jänner\nFebruary: februar\nMarch: märz\nApril: april\nMay: mai\nJune: juni\nJuly: juli\nAugust: august\nSeptember: september\nOctober: oktober\nNovember: november\nDecember: dezember",
		dayLead:  `am, im, der, den, die, diesen, diese, dieses, nächsten, nächste, nächstes, kommenden, vom`,
		dayTail:  `früh, morgen, vormittag, nachmittag, abend, passt, geht, wäre gut`,
		relative: `heute, morgen, übermorgen, gestern, vorgestern, woche, monat, wochenende, heute abend, weihnachten, silvester`,
		of:       ``,
		timeLead: `um, gegen, ab, es ist, so um`,
		am:       `am, morgens, früh, vormittags`,
		pm:       `pm, nachmittags, abends, nachts`,
		noon:     `mittag, mittags`,
		midnight: `mitternacht`,
		hour:     `uhr, h`,
		quarter:  `viertel nach`,
		to:       `viertel vor, dreiviertel`,
		halfTo:   `halb`,
	},
}
