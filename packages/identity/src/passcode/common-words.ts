/**
 * What people choose when they may choose anything: written down for this project from what is generally known of
 * leaked lists (the NCSC's "most hacked" words, DataGenetics' and Markert's orders of number codes) and from the kinds
 * they consist of: first names, teams, animals, bands, cars, foods, months. Single words and numbers are facts; no
 * list was copied. Only what 4 to 8 letters or digits can hold, and what the rules do not refuse by themselves.
 */

/** Words so usual that the usual endings are tried with them: monkey1, dragon12, summer24. */
export const FAVOURITES = `
  pass passw passwd passwort password pword monkey dragon football baseball iloveyou shadow master sunshine princess
  superman batman spiderman michael jordan hunter killer soccer hockey charlie thomas andrew daniel jessica ashley
  pepper ginger summer winter spring autumn secret freedom flower flowers cookie cookies cheese banana chicken hello
  love lovely loveme lover angel angels buster tigger maggie snoopy arsenal chelsea everton rangers celtic london
  england ireland scotland wales pokemon google samsung apple orange purple yellow test tester testing guest temp
  temppass default money lucky happy smile sweet sweetie baby babygirl star stars rock rocky king queen jesus god
  changeme change newpass mypass private trustno qwert qwerty azerty letme open computer laptop internet windows
  matrix mustang harley ferrari porsche mercedes corvette yankees cowboys lakers eagles steelers packers
  liverpoo united city spurs leeds villa rugby cricket tennis golf golfer
  jennifer joshua amanda nicole hannah matthew anthony william robert george harry jack james john david
  richard steven peter paul mark simon oliver jacob samuel benjamin joseph alexande chris christop jasmine sophie
  chloe emily olivia lucy emma megan lauren rebecca samantha victoria natalie michelle rachel sarah laura anna
  justin brandon tyler austin dallas ranger cooper bailey molly poppy daisy rosie bella charlie1 alfie max toby
  january february march april may june july august sept october november december monday tuesday friday sunday
  saturday thursday xmas christma easter holiday
  welcom hiya hithere whatever nothing nopass blahblah bollocks bugger crap bloody
  starwars yoda skywalke gandalf frodo hogwarts potter barney homer bart simpsons scooby mickey minnie disney
  doggy kitty puppy pussycat teddy bubbles bubba boomer tiger lion panther falcon phoenix dolphin butterfl
`;

/** Words refused as they are, in either case and in leet. */
export const WORDS = `
  abigail absolut access14 action adam adidas adrian aaliyah aisha albert alberto alejandr alexa alexande alexandr
  alexia alexis alfred alice alicia alison allison allen alpha alyssa amber amelia america american amigos amor amore
  amorcito anderson andrea andreas andrei angela angelica angelina angelito angelo angie animal anita annie antonio
  apollo apples april archie ariana ariel arthur arturo asshole asterix athena atlanta audrey aurora avalon awesome
  babe babyblue babyboy babydoll babyface babygurl backup badboy badger badgirl balloon bananas bandit barbara barbie
  barcelon barry basebal basket bastard batista beach beaches beagle beanie bear bears beast beatles beatrice beauty
  beautifu beaver beckham bella1 belle benfica benji bernard berlin bernie bertie bethany betty beyonce bigboy bigdog
  biggles bigman billabon billie billy bingo birdie bitch biteme blabla black blackcat blackie blessed blessing blonde
  blondie blowme blue blueberr bluebird bluesky bobby bobmarle bond boobies booboo boogie booger boss boston bowling
  bradley brandy brasil brazil brenda brian bridget britney britain british brittany broncos brooke brooklyn brother
  brownie brownies bruno brutus bryan bubble bubblegu buddha buddy buffalo buffy bugs bullet bulldog bulls bunny
  business butter buttercu button buttons cadillac caesar california callum calvin camaro cameron camilla canada
  candy canon captain caramel carina carla carlos carmen carol carolina caroline carrie carter casey casino casper
  cassie castle cat catch22 caterina catfish catherin cats celeste champion chance changed chanel change1 chaos
  charles charlene charlott charmed cheer cheetah chelsey cherry cheryl chester cheyenne chicago chicken1 chico chicos
  chihuahu china chip chips choco chocolat chopper christia christin christy chuck cinder cinderel cinnamon claire
  clarence claudia clement cloud clouds clover cobra coco coconut coffee coldplay colin college colorado comet compaq
  compton confused connect connor conrad cookie1 corey corona cougar country courage courtney cowboy crazy cream
  creative cricket1 cristian cristina crystal cuddles cupcake curtis cuteako cutegirl cutie cutiepie cyclone cynthia
  cyprus daddy daddy1 daddysgi daisydog dakota damian dance dancer dancing danger daniela danielle danny darius
  darkness darling darren darthvad dave dawn dead death debbie deborah deedee defender delfin delta demon denise
  dennis denver derek derrick desire desiree desktop destiny dexter diablo diamond diamonds diana diego diesel digital
  dillon dinosaur dipper direct dirtbike discover divine django doctorwh dodgers dodger dog dogs dolphins dominic
  dominick donald donkey donna doobie doodle doomsday dora doris dorothy douglas dougie dragons dream dreamer dreams
  drowssap drummer ducati duchess dude dudley duke duncan dustin dusty dwayne dylan eagle earth eastend eclipse eddie
  edgar eduardo edward edwards eileen einstein elaine eleanor electric elefante elena element elephant elevator elite
  elizabet ella ellen ellie elliot elliott elvis emerald emilia emmanuel eminem emperor empire enigma enrique eric
  erica erika ernest escape estrella ethan eugene euro europa europe evelyn everest evan evans evil explorer express
  extreme faith faithful falcons family fantasy farmer fashion father fatboy fatcat fatima felipe felix fender
  fernando ferret fiesta fiona fire fireball firefly firefox fireman first fisher fishing flame flamingo flash
  fletcher flipper florence florida fluffy foobar footbal footy forest forever forever1 forget fortune foster foxy
  france frances francis francois frank frankie franklin freak fred freddie freddy free freeman freddie1 french fresh
  friend friends froggy frogs frosty fucker fuckme fuckoff fuckyou fuck funky funny future gabriel gabriela galaxy
  gambit game gamer games gandalf1 garden gareth garfield gary gateway gemini gemma general genesis genius geoffrey
  georgia georgie gerald germany gerrard ghost giants gibson gilbert girl girls gizmo gladys glasgow glitter gloria
  goblin goddess godzilla gold golden goldfish goldie gonzalez goober good goodluck goodness goose gordon gorgeous
  gorilla gothic grace gracie graham grandma grandpa granny grant grapes great green greenday gregory griffin gsxr
  guardian guess guitar gunner gunners guinness gustavo hacker hallo hamish hammer hamster handsome hansolo happy1
  happyday hardcore hardrock harold harriet harrison harvey hawaii hawk hawkeye hayley heart hearts heather heaven
  hector hedgehog heidi helen helena helpme hendrix henry herbert hercules herman hermione hershey hiphop history
  hitman holly hollywoo home homer1 honda honey honeybee honeyjoy hooters hope horizon horse horses hotdog hotgirl
  hotmail hotrod hotstuff house houston howard hudson hugo humphrey hunting huskers iceberg icecream iceman idontkno
  iforgot iloveher iloveme iloveu iloveyou imagine impala indian indigo infinity insane inside intel inter iphone
  ireland1 irene iris irish ironman isabel isabella isabelle isaac italia italy iverson jack1 jackass jackie jackson
  jacobs jaguar jake jamaica jamie jane janet janice japan jared jasper javier jayden jayjay jayson jeanette jeepers
  jeff jeffrey jelly jellybea jenna jenny jeremy jerome jerry jersey jesse jessie jester jesus1 jewel jimmy joanna
  joanne joel johanna johann johnny johnson jonathan jones jordan23 jorge jose josephin joseph1 josh journey juan
  judith julia julian juliana julie juliet julien junior jupiter justice justme justine kaitlyn karen karina karl
  karma kate katherin kathleen kathryn kathy katie katrina kayla keith kelly kelsey kenneth kenny kermit kerry kevin
  keyboard killme kimberly kingdom kingkong kingston kirsty kitkat kitten kittens kittycat klaus knight knights kodiak
  kramer kristen kristin kristina krystal kurt kyle lacoste ladies lady ladybug lancer larissa larry latino laurence
  laurie lavender lawrence leanne leather lebron lee legend legolas lemon lemons leo leon leonard leonardo leslie
  lesley lestat letsgo letter lewis lexus liberty libra lickme lifehack light lightnin lillian lily limewire lincoln
  linda lindsay lindsey linkin lionel lionking lions lisa little liverpool lizard lizzie logan logitech lollipop
  lollol lolita lonely looking lopez lord lorraine losers lost louis louise lovebug loveless lovelove loves loveyou
  loveu loving luckydog luckyone lucas lucia lucifer lucky13 luis luke lulu luna lynn macbook macdonal maddie madison
  madonna madrid magic magnum mahalkit malcolm malibu mamacita mama mamamia manchest mandy mango manuel marcel
  marcella marco marcus margaret maria mariah mariana marie marilyn marina marine marines mario marion marissa marius
  marlboro marley marlon marshall marta martha martin martina martinez marvin mary maryann maryjane masters matilda
  matt matteo maureen maurice maverick maxine maxwell mayhem mayday mckenzie meatball medusa melanie melissa melody
  memory mercury merlin merlot mexico miami michaela michel micheal michigan microsof midnight mierda miguel mikey
  miles miller million millie minecraf minimum miracle miranda misfit missy mister misty mitchell mmmmmm mobile mohamed
  mohammed molly1 mommy monday1 monica monique monster monsters montana moomoo moon moonligh morgan moritz morris mother
  motocros motorola mountain mouse movie mozart muffin muffins muhammad murphy music musica musical mustard myangel
  mybaby myfamily mylife mylove myself myspace mystery mystic nadia nancy naruto nascar nastya natalia natasha nathan
  nathanie naughty nelson nemesis neptune never newcastl newlife newport newton newyork nextel nicholas nick nickname
  nicola nicolas nigel nigeria nightmar nikita nikki nikolas nintendo nirvana nissan noelle nokia nolimit norman
  norway notebook notes number number1 nutmeg oakland obiwan ocean october1 oliver1 olivia1 olympus onelove online
  opensesa oranges oracle orchid orlando oscar otto outlaw oxford packard paddy paige paintbal paloma pamela panda
  pandas pandora pantera papito paradise paris parker parola pascal passion passport passpass passme pasword patches
  patience patricia patrick patriot patriots pauline paulina payton peace peaceful peach peaches peanut peanuts pearl
  pebbles pedro peewee penelope penguin penguins penny people pepsi perfect perry peter1 peterpan peugeot phantom phil
  philip philips phillip philly phone phoebe photos picasso picture pierre pikachu pimpin pimp pineappl pink pinkie
  pinky pipeline pirate pirates pizza planet platinum play playboy player playing please pokemon1 poker polaris police
  pollo polly polo pookie poohbear poop pooh popcorn pope popeye porn porkchop portugal poseidon power powers
  precious predator preston pretty pretty1 prince prince1 princesa prodigy promise property prophet psycho pumpkin punk
  punkin punkrock puppies pussy pyramid quality queen1 quentin quest rabbit rabbits racecar rachael racing radio
  radiohea rafael raider raiders rain rainbow rainbows raiders1 ralph rambo ramirez ramona randy rascal raven ravens
  raymond reading realmadr rebel rebels reddevil redhead redrose redsox redwings reebok reggae reggie regina remember
  renault republic rhiannon ricardo richie rick ricky ripper river robbie roberta roberto robin robinson robot rocker
  rocket rockon rocks rockstar roger rolex roland romance romeo ronald ronaldo ronnie rooney roosevel rosario rose
  rosebud rosemary roses ross roxanne roxy royal ruby rudolf rufus running russell russia rusty ruth sabrina sailor
  saints salman salvador sally sammie sammy samurai sandra sandy santa santana santiago santos sapphire sasha sassy
  satan savage savannah school scooter scorpio scorpion scott scottie scout scrappy scruffy seattle sebastia secret1
  secrets secure security selena semperfi senha serena sergey sergio serenity service1 seven sexy sexyboy sexygirl
  sexylady shadow1 shakira shane shannon sharon shark sharks shasta shaun shawn sheffiel sheila shelby sheldon shelly
  sherlock sherry shirley shithead shit shooter shopping shorty showtime shuttle sierra silly silver silvia simba
  simone simple simpson sinclair single sisters skate skater skippy skittles skorpion skull skyblue skyline slacker
  slayer slipknot sleepy slimshad smartass smarty smelly smiles smiley smith smokey smooth snake snapper sneakers
  snickers snowball snowboar snowflak snowman snow soccer1 softball soledad soleil solomon something sonic sonny
  sophia soulmate southpar spanky spartan spartans speed speedo speedy spencer spice spider spike spirit spitfire
  splash sponge spongebo spooky sport sporting sports squirt stacey stacy stanley stardust starfish stargate starlight
  starfire start starter stealth stefan stella steph stephani stephen steve stevie stewart sticky stingray stone
  storm stormy strawber student stupid success sugar suicide sultan summer1 summer69 sunday1 sundance sunflowe sunny
  sunrise sunset super superb superdog superfly supergir superior supernov supersta superuse support supreme surfer
  surfing survivor susan susana susanna suzuki swimmer swimming switch sydney sylvester sylvia system tamara tanya
  tarheels tarzan tasha tattoo taurus taylor teacher tequila teresa terminal terry texas thebest theman theresa thegame
  theking therock thesims thething theone thongs thuglife thumper thunder tiffany tigers tigers1 timothy tinker
  tinkerbe titanic titans tomcat tommy toonarmy topgun topsecre tornado toronto tottenha toulouse toyota tracey tractor
  travis treasure trevor tricia trigger trinity tristan triton triumph trixie trojan trojans trouble trooper tucker
  tulips turbo turkey turtle tweety twilight twins twister tyrone tyson umbrella undertak unicorn universe unknown
  usa123 valencia valentin valerie vampire vanessa vanilla vegeta vegas velocity venus vernon veronica vicky victor
  victory vikings vincent vintage violet viper virgin virginia virgo vision vivian vodka volcano volley volvo voodoo
  vortex voyager walker wallace walter wanker warcraft warhamme warrior warriors water watermel webmaste wednesda wendy
  werewolf westham weston westside whisky whiskey white whitney wicked wildcat wildcats wildfire willie willow wilson
  wind winner winnie winston wisdom wizard wolf wolfgang wolves woman wombat wonder wood woody wordpass wrangler wrestlin
  xavier xbox xbox360 xfiles xxxx yahoo yamaha yellow1 yolanda yvonne zachary zaphod zebra zenith zeppelin zidane ziggy
  zombie zorro zxcv asdf asdfgh asdfjkl qazwsx abcdef abc123 a1b2c3 a1b2c3d4 aa123456 abcd1234 pass1234 passme1
  trustno1 ncc1701 thx1138 r2d2 c3po r2d2c3po bond007 agent007 james007 jamesbon 4ever 4life 2fast4u 2cute4u
  love4ever me4ever u2 blink182 sum41 l33t n00b h4ck3r w00t g00gle matrix1 hello123 admin123 root toor
  iamgod iamcool imcool imthebes sayang bonjour soleil1 doudou loulou chouchou hola amigo teamo tequiero estrell
  bismilla inshalla allah muslim mustafa ahmed ali khan singh patel krishna ganesh sairam india pakistan lahore karachi
  bangla dhaka nigeria1 lagos ghana accra kenya jesusis godisgoo blessed1 praise hallelu psalm23 psalm91 john316
  covid covid19 corona19 lockdown brexit boris thequeen prince1 charles3 jubilee eastende coronati doctorw topgear
`;

/** Number codes that follow no rule of ours and are tried early all the same: words on a keypad, corners, films, police. */
export const NUMBERS = `
  5683 0007 0070 0420 4200 0911 9110 9111 1024 1029 1004 1010 1379 1397 7913 9713 3179 3971 7931 9317 1793 1739 3917
  9371 7139 3719 1337 7331 8008 5318 8675 3141 3142 2718 1618 0815 4711 1701 1138 2187 1066 1812 1914 1918 1789 1492
  1776 1865 1215 1225 1231 1224 1031 0101 1120 1123 1125 1130 1223 1228 1218 1216 1220 1028 1023 1025 1020 1026 1027
  1230 1204 1201 1205 1206 1207 1208 1209 1211 1213 1214 1217 1219 1222 1226 1227 1229 1102 1103 1104 1105 1106 1107
  1108 1109 1116 1117 1118 1119 0123 0321 0520 0521 0512 0612 0621 0712 0721 0812 0821 0909 0808 0707 0606 0505 0404
  0303 0202 3000 4000 5000 6000 7000 8000 9000 1100 5150 5050 6969 6996 9696 2112 2468 8642 1357 7531 9753 1470 0741
  3690 0963 2580 0852 8520 0258 7410 0147 9630 0369 1590 3570 7890 0987 4545 5454 1717 1818 1919 1616 1515 1414 1313
  2424 2525 2323 2626 7878 8989 4321 5432 6543 7654 8765 9876 1001 2002 3003 7007 9009 4444 1432 1437 1430 5201 5210
  1314 1413 7355 7473 2273 7288 4673 5477 4357 4653 5463 4663 4664 6277 7277 2665 3825 6489 6425 2437 7867 3695 1595
  3571 9517 1597 7539 9513 3579 4679 2846 8426 5566 5577 1991 2486 4862 1236 3214 9874 7896 9632 1598 7412 3698
  14789 98741 36987 15937 75391 12369 96321 41236 13579 24680 97531 86420 31415 27182 90210 10203 30201 10001 20002
  12521 52052 13145 52113 10086 12580 25802 98520 14725 36925 54545 99887 13579 10293
  123654 147258 258369 159357 357159 951753 753951 159951 456852 852456 741852 963852 147852 369258 321654 654123
  123789 789123 456789 789654 142536 362514 415263 102030 112358 314159 271828 131415 141516 520520 521521 520131
  5201314 1314520 1314521 147896 963258 741258 159263 142857 696969 232323 101010 202020 303030 505050 909090 420420 
  007007 911911 100200 200300 123987 987123 246810 135790 135791 121314 212223 010203 030201 020304 040506 060708
  8675309 3141592 1123581 11235813 31415926 27182818 14159265 12481632 24681012 13579246 10203040 20406080 10101010
  12344321 12341234 98769876 14725836 15935728 78945612 96385274 74185296 36925814 25814736 12365478 14789632 87654321
  01230123 11223344 44332211 55667788 11112222 12121212 69696969 13131313 23232323 52013140 10041004 80808080 90909090
`;

/** What is put after a favourite word, besides the years from 2010 to 2039 in two digits or four. */
export const ENDINGS = `
  0 1 2 3 4 5 6 7 8 9 00 01 02 03 04 05 06 07 08 09 10 11 12 13 21 22 23 33 44 55 66 69 77 88 99
  007 100 111 123 222 321 333 420 456 666 777 786 789 888 911 999 1234 1111 4321
`;
