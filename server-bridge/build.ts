/** The version of this build, as logs and greetings name it. A test holds it to package.json. */
export const BUILD = '0.1.0';
