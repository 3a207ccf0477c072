using Trainyard.Agent;
using Trainyard.Agent.Settings;
using Trainyard.Telemetry;

if (AgentArguments.Parse(args) is not { } paths)
{
    Console.Error.WriteLine(AgentArguments.Usage);
    return (int)ExitCode.Usage;
}
using var tracing = Tracing.StartIfConfigured("trainyard-agent");
return (int)await AgentProgram.RunAsync(paths);
