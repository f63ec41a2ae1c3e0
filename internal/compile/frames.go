package compile

import "strings"

// frames are, by language, what people say around anything, a line a phrase. A model learns
// that they belong to no task: "I need a" says nothing of what is needed. What the samples of
// one task alone have of them still counts for it, only less.
var frames = map[string]string{
	"en": `what is this
what do you mean
what is that about
what about the other
who are you
why is that
how do I do that
how much is it
how many are there
which one is that
when is the
where is the
is there a
are there any
are you there
can you tell me
can I get a
could you please
would you like it
do you have any
do I need a
did you get it
will it be here
I need a minute
I want to
I would like to
I have a
I don't have
I don't know
I am not
I think so
I was on the
it is not for me
that is all about it
this is the one
there you are
give me the
show me the
let me see
tell me about it
we will be there
you should have been
with my and for the
not now
maybe later`,
	"es": `qué es esto
qué quiere decir
quién eres
por qué es así
cómo hago eso
cuánto es
cuántos hay
cuál es
cuándo es el
dónde está la
hay un
tiene alguna
tienen algo
está ahí
me puede decir
puedo tener una
podría por favor
necesito un minuto
quiero un
quisiera una
me gustaría
tengo una
no tengo
no sé
no soy
creo que sí
estaba en el
no es para mí
eso es todo
este es el
ya está
deme la
muéstreme el
vamos a ver
hábleme de eso
estaremos en la
con mi y para los
ahora no
más tarde`,
	"pt": `o que é isso
o que quer dizer
quem é você
por que é assim
como eu faço isso
quanto é
quantos são
qual é
quando é o
onde está a
onde fica o
tem um
tem alguma
vocês têm
você está aí
pode me dizer
posso ter uma
poderia por favor
preciso de um minuto
quero um
queria uma
gostaria de
eu tenho uma
não tenho
não sei
eu não sou
acho que sim
estava no
não é para mim
isso é tudo
este é o
me dê a
me mostre o
vamos ver
me fale sobre isso
vamos estar na
com meu e para os
agora não
mais tarde`,
	"fr": `qu'est-ce que c'est
qu'est-ce que ça veut dire
qui êtes-vous
pourquoi c'est comme ça
comment je fais ça
combien c'est
combien il y en a
lequel est-ce
quel est le
quand est le
où est la
est-ce qu'il y a un
il y a des
avez-vous une
vous êtes là
pouvez-vous me dire
je peux avoir une
pourriez-vous s'il vous plaît
j'ai besoin d'une minute
je veux un
je voudrais une
j'aimerais
j'ai une
je n'ai pas
je ne sais pas
je ne suis pas
je crois que oui
j'étais dans le
ce n'est pas pour moi
c'est tout
c'est celui-là
donnez-moi la
montrez-moi le
on va voir
parlez-moi de ça
nous serons à la
avec mon et pour les
pas maintenant
plus tard`,
	"de": `was ist das
was meinen Sie damit
wer sind Sie
warum ist das so
wie mache ich das
wie viel ist es
wie viele sind es
welches ist das
wann ist der
wo ist die
gibt es ein
gibt es noch
haben Sie eine
sind Sie da
können Sie mir sagen
kann ich eine haben
könnten Sie bitte
brauche ich eine
ich brauche eine Minute
ich will ein
ich möchte eine
ich würde gern
ich hätte gern
ich habe eine
ich habe kein
ich weiß nicht
ich bin nicht
ich glaube schon
ich war auf dem
es ist nicht für mich
das ist alles
das ist der
geben Sie mir die
zeigen Sie mir den
mal sehen
erzählen Sie mir davon
wir werden in der sein
mit meinem und für die
jetzt nicht
vielleicht später`,
}

// around are the frames of the languages of a bot.
func (t tongues) around() []string {
	var all []string
	for _, l := range t.known {
		all = append(all, strings.Split(frames[l.code], "\n")...)
	}
	return all
}
