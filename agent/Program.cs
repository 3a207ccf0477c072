using Trainyard.Agent;
using Trainyard.Telemetry;

return (int)
    await AgentArguments.RunAsync(
        args,
        async paths =>
        {
            using var tracing = Tracing.StartIfConfigured("trainyard-agent");
            return await AgentProgram.RunAsync(paths);
        }
    );
