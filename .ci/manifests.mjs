// Prints what is wrong with the Kubernetes manifests in a file, by the models of two packages: one knows
// the members of each kind, the other which of them have to be there and what values they take.
import * as kinds from '@kubernetes/client-node/dist/gen/models/all.js';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import yaml from 'js-yaml';

const require = createRequire(import.meta.url);
const SCALARS = ['any', 'boolean', 'number', 'string', 'object', 'Date', 'IntOrString', 'Set<string>'];

function unknownMembers(value, type, path) {
  const list = /^Array<(.+)>$/.exec(type);
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (value === null || SCALARS.includes(type)) {
    return [];
  }
  if (list) {
    return value.flatMap((item, i) => unknownMembers(item, list[1], `${path}[${i}]`));
  }
  if (map) {
    return Object.entries(value).flatMap(([key, item]) => unknownMembers(item, map[1], `${path}.${key}`));
  }
  if (!kinds[type]) {
    return [`${path}: the check does not know the type ${type}`];
  }
  const types = new Map(kinds[type].getAttributeTypeMap().map((member) => [member.baseName, member.type]));
  return Object.entries(value).flatMap(([key, item]) =>
      types.has(key) ? unknownMembers(item, types.get(key), `${path}.${key}`) : [`${path}.${key}: no member of ${type}`]);
}

function badValues(manifest) {
  const model = require(`kubernetes-models/${manifest.apiVersion}`)[manifest.kind];
  try {
    new model(manifest).validate();
    return [];
  } catch (problem) {
    return [`${manifest.kind}: ${problem.message}`];
  }
}

let checked = 0;
const problems = [];
for (const manifest of yaml.loadAll(readFileSync(process.argv[2], 'utf8')).filter(Boolean)) {
  const version = manifest.apiVersion.split('/').pop();
  const type = version[0].toUpperCase() + version.slice(1) + manifest.kind;
  if (manifest.apiVersion.startsWith('monitoring.coreos.com/')) {
    console.log(`manifests: ${manifest.kind} is not one of Kubernetes' own kinds and was NOT checked`);
  } else {
    problems.push(...unknownMembers(manifest, type, manifest.kind), ...badValues(manifest));
    checked++;
  }
}
problems.forEach((problem) => console.error(`manifests: ${problem}`));
console.log(`manifests: ${checked} checked, ${problems.length} problems`);
process.exit(checked > 0 && problems.length === 0 ? 0 : 1);
