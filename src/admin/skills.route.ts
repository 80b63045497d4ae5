import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { authorOf } from '../access/author.js';
import { domainInPath } from '../access/subject.js';
import { Author } from '../http/author.schema.js';
import { Gone } from '../http/no-body.schema.js';
import { AgentDocument, SkillBody } from './contact-center.schema.js';
import type { ContactCenters } from './contact-centers.js';
import { findPart, hasSkill, levelOf, withoutSkill, withSkill } from './edit-contact-center.js';
import { parseDomain } from './parse-domain.js';
import { PartParams, SkillParams } from './provisioning.schema.js';

const ALL = '/v1/contact-centers/:domain/agents/:name/skills';
const ONE = `${ALL}/:skillset`;

export function skillRoutes(app: FastifyInstance, centers: ContactCenters): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['provisioning'];

  routes.get(
    ALL,
    {
      schema: {
        operationId: 'listSkills',
        tags,
        summary: "An agent's skills and their levels.",
        params: PartParams,
        response: { 200: Type.Pick(AgentDocument, ['skills']) },
      },
      config: { scope: 'read', subject: domainInPath, problems: ['unknown_contact_center', 'not_found'] },
    },
    async (request) => {
      const { skills } = findPart(
        centers.find(parseDomain(request.params.domain)),
        'agents',
        request.params.name,
      );
      return { skills };
    },
  );

  routes.put(
    ONE,
    {
      schema: {
        operationId: 'putSkill',
        tags,
        summary: 'Give the agent this skill, at this level.',
        params: SkillParams,
        headers: Author,
        body: SkillBody,
        response: { 200: SkillBody, 201: SkillBody },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'not_found', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      const { domain, name, skillset } = request.params;
      const { level } = request.body;
      let created = false;
      await centers.change(parseDomain(domain), authorOf(request), (current) => {
        created = !hasSkill(current, name, skillset);
        return { center: withSkill(current, name, skillset, level) };
      });
      return reply.code(created ? 201 : 200).send({ level });
    },
  );

  routes.get(
    ONE,
    {
      schema: {
        operationId: 'getSkill',
        tags,
        summary: "The agent's level in this skill.",
        params: SkillParams,
        response: { 200: SkillBody },
      },
      config: { scope: 'read', subject: domainInPath, problems: ['unknown_contact_center', 'not_found'] },
    },
    async (request) => {
      const { domain, name, skillset } = request.params;
      return { level: levelOf(centers.find(parseDomain(domain)), name, skillset) };
    },
  );

  routes.delete(
    ONE,
    {
      schema: {
        operationId: 'deleteSkill',
        tags,
        summary: 'Take this skill from the agent.',
        params: SkillParams,
        headers: Author,
        response: { 204: Gone },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'not_found', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      const { domain, name, skillset } = request.params;
      await centers.change(parseDomain(domain), authorOf(request), (current) => ({
        center: withoutSkill(current, name, skillset),
      }));
      return reply.code(204).send();
    },
  );
}
