using Trainyard.Agent;
using Trainyard.Agent.Settings;

if (AgentArguments.Parse(args) is not { } paths)
{
    Console.Error.WriteLine(AgentArguments.Usage);
    return (int)ExitCode.Usage;
}
return (int)await AgentProgram.RunAsync(paths);
