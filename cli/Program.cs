using Trainyard.Cli.Commands;
using Trainyard.Cli.Hosting;

using var interruption = new Interruption();
return interruption.CodeOf(await Bx.RunAsync(args, CliEnvironment.OfThisProcess(), interruption.Token));
