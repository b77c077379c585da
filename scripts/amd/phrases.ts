// What people and machines say when they answer, in six languages. Within a group and a language the phrases are dealt to the
// two halves of the audio set by turns, so that no words of the half that is tuned on are heard in the half that is reported.

/** `hello`, `named`, `business` are people; the others are machines. `opener`: a machine that begins like a person. */
export const PHRASE_GROUPS = ["hello", "named", "business", "personal", "carrier", "company", "opener"] as const;
export type PhraseGroup = (typeof PHRASE_GROUPS)[number];

export const LANGUAGES = ["en", "de", "fr", "es", "it", "nl"] as const;
export type Language = (typeof LANGUAGES)[number];

export const PHRASES: Readonly<Record<PhraseGroup, Readonly<Record<Language, readonly string[]>>>> = {
  hello: {
    en: ["Hello?", "Hello, hello?", "Yes?", "Hi.", "Good morning.", "Hello, who's there?"],
    de: ["Hallo?", "Ja, hallo?", "Ja bitte?", "Schmidt."],
    fr: ["Allô?", "Oui, allô?", "Oui?", "Bonjour."],
    es: ["¿Diga?", "¿Sí, dígame?", "¿Bueno?", "Hola."],
    it: ["Pronto?", "Sì, pronto?", "Sì?", "Buongiorno."],
    nl: ["Hallo?", "Ja, hallo?", "Met Jan.", "Goedemorgen."],
  },
  named: {
    en: ["Hello, Sarah speaking.", "Hello, this is John.", "Two four nine one seven.", "Hello, the Harris household."],
    de: ["Müller, guten Tag.", "Hallo, hier ist Anna Weber."],
    fr: ["Allô, Jean Dupont à l'appareil.", "Oui bonjour, Marie Laurent."],
    es: ["Hola, soy María García.", "Dígame, habla Carlos."],
    it: ["Pronto, sono Marco Rossi.", "Casa Bianchi, buonasera."],
    nl: ["Met Jan de Vries.", "Hallo, met Anneke Bakker."],
  },
  business: {
    en: [
      "Good afternoon, Smith and Sons, this is Jane speaking, how may I help you?",
      "Thank you for calling Northern Insurance, my name is Peter, how can I help?",
      "Reception, good morning, which department would you like?",
      "Green Street Surgery, good morning, can I help you?",
    ],
    de: [
      "Firma Hoffmann und Partner, mein Name ist Becker, was kann ich für Sie tun?",
      "Guten Tag, Autohaus Krüger, Sie sprechen mit Frau Lange.",
    ],
    fr: [
      "Cabinet Moreau bonjour, Sophie à votre écoute, que puis-je faire pour vous?",
      "Société Lefèvre, service clients, bonjour, en quoi puis-je vous aider?",
    ],
    es: [
      "Clínica San José, buenos días, le atiende Lucía, ¿en qué puedo ayudarle?",
      "Talleres Romero, dígame, ¿en qué le puedo servir?",
    ],
    it: ["Studio Ferrari, buongiorno, sono Paola, come posso aiutarla?", "Officina Greco, buonasera, con chi parlo?"],
    nl: [
      "Goedemiddag, bakkerij Jansen, u spreekt met Linda, waarmee kan ik u helpen?",
      "Met de administratie van De Boer, goedemorgen, wat kan ik voor u doen?",
    ],
  },
  personal: {
    en: [
      "Hi, you've reached Dave. I can't come to the phone right now, so please leave a message after the tone.",
      "You have reached the Smith family. Nobody is at home. Please leave your name and number after the beep.",
      "Hello, this is the voicemail of Emma Clark. Leave a message and I will call you back as soon as I can.",
      "Sorry, we are not able to take your call just now. Please speak after the tone, and we will ring you back.",
    ],
    de: [
      "Hallo, hier ist der Anrufbeantworter von Familie Schulz. Wir sind gerade nicht da. Bitte sprechen Sie nach dem Ton.",
      "Guten Tag, Sie haben die Mailbox von Thomas Wagner erreicht. Bitte hinterlassen Sie eine Nachricht.",
    ],
    fr: [
      "Bonjour, vous êtes bien chez Paul et Claire. Nous sommes absents pour le moment, laissez-nous un message après le bip.",
      "Vous êtes sur la messagerie de Julien Petit. Je ne suis pas disponible, merci de laisser un message.",
    ],
    es: [
      "Hola, has llamado a Pedro. Ahora no puedo atenderte, deja tu mensaje después de la señal.",
      "Este es el contestador de la familia Ruiz. No estamos en casa, por favor deje su nombre y su teléfono.",
    ],
    it: [
      "Ciao, hai chiamato Luca e Giulia. In questo momento non siamo in casa, lascia un messaggio dopo il segnale.",
      "Risponde la segreteria telefonica della famiglia Conti. Lasciate un messaggio e vi richiameremo.",
    ],
    nl: [
      "Hallo, dit is de voicemail van Kees. Ik ben er nu even niet, spreek een bericht in na de piep.",
      "U bent verbonden met het antwoordapparaat van de familie Visser. Laat een boodschap achter na de toon.",
    ],
  },
  carrier: {
    en: [
      "The person you are calling is not available. Please leave a message after the tone.",
      "Your call has been forwarded to an automated voice messaging system. At the tone, please record your message.",
      "Welcome to the voicemail service. The customer you have called cannot take your call.",
      "The mobile telephone that you have called is switched off. Please try again later.",
    ],
    de: [
      "Der gewünschte Gesprächspartner ist zurzeit nicht erreichbar. Bitte hinterlassen Sie eine Nachricht nach dem Signalton.",
      "Guten Tag. Der Teilnehmer ist vorübergehend nicht erreichbar. Bitte versuchen Sie es später noch einmal.",
    ],
    fr: [
      "Votre correspondant n'est pas joignable actuellement. Veuillez laisser un message après le signal sonore.",
      "Bienvenue sur la messagerie vocale. La personne que vous appelez n'est pas disponible.",
    ],
    es: [
      "El teléfono al que llama está apagado o fuera de cobertura. Deje su mensaje después de la señal.",
      "Le informamos de que el abonado no está disponible en este momento. Inténtelo de nuevo más tarde.",
    ],
    it: [
      "Il cliente da lei chiamato non è al momento raggiungibile. La preghiamo di lasciare un messaggio dopo il segnale.",
      "Servizio di segreteria. L'utente desiderato non è disponibile, si prega di richiamare più tardi.",
    ],
    nl: [
      "De persoon die u belt is op dit moment niet bereikbaar. Spreek uw bericht in na de toon.",
      "Welkom bij de voicemail. Het nummer dat u heeft gekozen is tijdelijk niet beschikbaar.",
    ],
  },
  company: {
    en: [
      "Thank you for calling Acme Limited. Our offices are now closed. Our opening hours are nine to five, Monday to Friday.",
      "Welcome to City Bank. For your security this call may be recorded. For opening hours, press one.",
    ],
    de: [
      "Willkommen bei der Stadtwerke Nord. Sie rufen außerhalb unserer Geschäftszeiten an. Wir sind montags bis freitags für Sie da.",
      "Herzlich willkommen. Alle unsere Mitarbeiter sind im Gespräch. Bitte haben Sie einen Augenblick Geduld.",
    ],
    fr: [
      "Bienvenue chez Duval Assurances. Nos bureaux sont fermés. Ils sont ouverts du lundi au vendredi de neuf heures à dix-huit heures.",
      "Tous nos conseillers sont actuellement en ligne. Merci de patienter quelques instants.",
    ],
    es: [
      "Gracias por llamar a Seguros del Norte. En este momento nuestras oficinas están cerradas. Nuestro horario es de nueve a seis.",
      "Bienvenido al servicio de atención al cliente. Para español, pulse uno. Para inglés, pulse dos.",
    ],
    it: [
      "Benvenuti alla Banca del Sud. I nostri uffici sono chiusi. L'orario di apertura è dalle nove alle diciassette.",
      "Grazie per aver chiamato. Tutti gli operatori sono occupati, la preghiamo di restare in linea.",
    ],
    nl: [
      "Welkom bij de gemeente Oostdorp. Onze kantoren zijn nu gesloten. Wij zijn op werkdagen bereikbaar van negen tot vijf.",
      "Al onze medewerkers zijn in gesprek. Een ogenblik geduld alstublieft, u wordt zo snel mogelijk geholpen.",
    ],
  },
  opener: {
    en: [
      "Hello.|Nobody can take your call at the moment, please leave a message.",
      "Hi there!|You know what to do after the beep.",
    ],
    de: [
      "Hallo!|Wir sind leider nicht zu Hause, bitte nach dem Ton sprechen.",
      "Guten Tag.|Unser Büro ist heute nicht besetzt.",
    ],
    fr: ["Bonjour!|Je ne suis pas là, laissez votre message.", "Allô!|Vous êtes bien sur mon répondeur."],
    es: ["¡Hola!|No estoy en casa, deja un mensaje.", "Buenos días.|Nuestra oficina está cerrada."],
    it: ["Ciao!|Non sono in casa, lascia un messaggio.", "Salve.|L'ufficio è chiuso fino a lunedì."],
    nl: ["Hoi!|Ik ben er niet, spreek iets in na de piep.", "Goedendag.|Wij zijn vandaag gesloten."],
  },
};

/** Voices of the synthesiser by language: its own, and how they are varied in the two halves. No voice is in both. */
export const VOICES: Readonly<Record<Language, readonly string[]>> = {
  en: ["en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp"],
  de: ["de"],
  fr: ["fr-fr"],
  es: ["es"],
  it: ["it"],
  nl: ["nl"],
};
export const VARIANTS: readonly (readonly string[])[] = [
  ["m1", "m3", "m5", "m8", "f2", "f4", "steph", "adam"],
  ["m2", "m4", "m6", "m7", "f1", "f3", "f5", "linda"],
];
