// How close this module's models come to Gymnasium's numbers on the MuJoCo that computed them:
// 3.14, of which npm has a build for WebAssembly. MujocoGoldenTest does the same, and more, with
// the library that is installed. Largest deviation, relative where the number is above 1:
//
//   cd engine/src/test/js && npm install --no-save @mujoco/mujoco@3.14.0 && node mujoco3.mjs
import fs from 'node:fs';
import load from '@mujoco/mujoco';

const PACKAGE = 'dev/lanewise/engine/env/mujoco/';
const FRAME_SKIP = {
  'Ant-v5': 5, 'HalfCheetah-v5': 5, 'Hopper-v5': 4, 'Humanoid-v5': 5, 'HumanoidStandup-v5': 5,
  'InvertedDoublePendulum-v5': 5, 'InvertedPendulum-v5': 2, 'Pusher-v5': 5, 'Reacher-v5': 2,
  'Swimmer-v5': 4, 'Walker2d-v5': 4,
};
const MOST = 1e-12;

const read = (path) => fs.readFileSync(new URL(path, import.meta.url), 'utf8');
const fileOf = (id) =>
  id.replace(/-v\d+$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase() + '.xml';
const deviation = (ours, golden) =>
  ours.reduce((most, x, i) =>
    Math.max(most, Math.abs(x - golden[i]) / Math.max(1, Math.abs(golden[i]))), 0);

const mujoco = await load();
console.log(`MuJoCo ${mujoco.mj_versionString()}`);
for (const [id, frameSkip] of Object.entries(FRAME_SKIP)) {
  const model = mujoco.MjModel.from_xml_string(
    read(`../../main/resources/${PACKAGE}${fileOf(id)}`));
  const data = new mujoco.MjData(model);
  const [header, ...rows] =
    read(`../resources/golden/gymnasium/${id}.transitions.csv`).trim().split('\n');
  const names = header.split(',').map((name) => name.replace(/\d+$/, ''));
  let qpos = 0;
  let qvel = 0;
  for (const row of rows) {
    const numbers = row.split(',').map(Number);
    const column = (name) => numbers.filter((_, i) => names[i] === name);
    mujoco.mj_resetData(model, data);
    data.qpos.set(column('qpos'));
    data.qvel.set(column('qvel'));
    data.ctrl.set(column('action'));
    for (let i = 0; i < frameSkip; i++) {
      mujoco.mj_step(model, data);
    }
    qpos = Math.max(qpos, deviation(data.qpos, column('next_qpos')));
    qvel = Math.max(qvel, deviation(data.qvel, column('next_qvel')));
  }
  console.log(
    `${id.padEnd(26)} ${rows.length} steps, positions ${qpos.toExponential(1)},` +
    ` velocities ${qvel.toExponential(1)}`);
  if (!(Math.max(qpos, qvel) <= MOST)) {
    process.exitCode = 1;
  }
}
