using Trainyard.Cli;

using var interruption = new Interruption();
return interruption.CodeOf(await Bx.RunAsync(args, Surroundings.OfThisProcess(), interruption.Token));
