import { startLab } from "./lab.ts";
import { AriProbe } from "./ari-probe.ts";
import { numberFor } from "./number-plan.ts";
const t=Date.now();
const lab = await startLab();
console.log("up", Date.now()-t, lab.ground.folder);
try {
const probe = await AriProbe.open(lab.pbx);
await lab.network.recordHeard(true);
await Promise.all([...lab.network.plan.ranges.map(async r => {
  const t=Date.now();
  const c = await probe.call(`PJSIP/${numberFor(lab.network.plan, r.behaviour)}@carrier`, {ringTimeoutS: 4});
  const up = c.events.find(e=>e.type==="ChannelStateChange"&&(e.channel as any).state==="Up");
  console.log(r.behaviour.padEnd(18), c.ringing?"R":"-", c.progress?"P":"-", c.answered?"A":"-", c.cause, c.techCause, Date.now()-t, "ms", up? "up->end "+(Date.parse(c.events.at(-1)!.timestamp!)-Date.parse(up.timestamp!)):"");
}), (async()=>{ for (const d of ["PJSIP/1@dead","PJSIP/1@sipp","PJSIP/1@unreachable","PJSIP/+447700800000@carrier"]) { const t=Date.now(); try { const c = await probe.call(d,{ringTimeoutS:8}); console.log(d, c.ringing,c.cause,c.techCause, Date.now()-t);} catch(e) {console.log(d, String(e))} } })()]);
let s=Date.now();
const answering=new Set<string>(); setInterval(()=>{ for (const e of probe.events) if (e.type==="StasisStart" && (e as any).args[0]==="agent-login" && !answering.has((e.channel as any).id)) { answering.add((e.channel as any).id); void lab.pbx.request("POST",`/channels/${(e.channel as any).id}/answer`);} },20).unref();
await lab.network.phones.login(1001);
console.log("login", Date.now()-s, lab.network.phones.isUp(1001));
const ev = await probe.waitFor(e=>e.type==="StasisStart"&&(e as any).args[0]==="agent-login",2000);
console.log(JSON.stringify(ev).slice(0,600));
await lab.network.phones.press(1001,"*11");
await probe.waitFor(e=>e.type==="ChannelDtmfReceived"&&e["digit"]==="1",2000);
await new Promise(r=>setTimeout(r,500));
console.log(probe.events.filter(e=>e.type==="ChannelDtmfReceived").map(e=>e["digit"]));
await lab.network.phones.login(1002);
await lab.network.phones.hangup(1001);
await lab.network.phones.vanish(1002); s=Date.now();
await probe.waitFor(e=>e.type==="ChannelDestroyed"&&(e.channel as any).name.includes("1002"),20000).then(e=>console.log("vanished seen",Date.now()-s,e["cause"]),e=>console.log(String(e)));
console.log(lab.network.calls().slice(0,3), lab.network.heard().length, lab.pbx.channels().length);
const { execSync } = await import("node:child_process");
console.log(execSync(`ls -la ${lab.network.folder}/heard`).toString());
} catch (e) { console.log(e) }
const s=Date.now(); await lab.stop(); console.log("down", Date.now()-s);
