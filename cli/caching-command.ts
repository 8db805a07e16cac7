import { Option } from "clipanion";
import { withCompiler } from "./analyze.ts";
import { cacheFolder, prepareFolder } from "./cache/folder.ts";
import { NoxusCommand } from "./command.ts";
import { type Compiler, cachedCompiler, findingCompiler } from "./compiler.ts";
import { requestSnapshot } from "./snapshot.ts";

/** Base of the commands that only read plugins: what was found out before, and still holds, is not found out again. */
export abstract class CachingCommand extends NoxusCommand {
  noCache = Option.Boolean("--no-cache", false, {
    description: "find out everything anew, and keep nothing",
  });

  protected withCompiler<T>(use: (compiler: Compiler) => Promise<T>): Promise<T> {
    return this.withManifests((compiler) => use(findingCompiler(compiler)));
  }

  protected async withManifests<T>(use: (compiler: Compiler) => Promise<T>): Promise<T> {
    const folder = this.noCache ? null : cacheFolder(this.context.env);
    if (folder === null) return withCompiler(this.context, use);
    if (!prepareFolder(folder)) {
      this.note(`\`${folder}\` is not used as a cache: it cannot be made, or others may write there`);
      return withCompiler(this.context, use);
    }
    const answer = await withCompiler(this.context, (compiler) => use(cachedCompiler(compiler, folder)));
    requestSnapshot(this.context.env);
    return answer;
  }
}
