namespace Trainyard.Benchmarks.Transfers;

/// <summary>What agent and service take while a run goes from its submission to its end.</summary>
internal sealed class ServiceUse : IAsyncDisposable
{
    private readonly (int Agent, int Service) _processes;
    private readonly (double Agent, double Service) _cpuBefore;
    private readonly (MemoryWatch Agent, MemoryWatch Service) _memory;

    private ServiceUse(int agent, int service)
    {
        _processes = (agent, service);
        _cpuBefore = (ProcessUse.CpuSeconds(agent), ProcessUse.CpuSeconds(service));
        _memory = (MemoryWatch.Start(agent), MemoryWatch.Start(service));
    }

    public static ServiceUse Begin(TrainingService service) => new(service.AgentProcess, service.ServiceProcess);

    /// <summary>What it took until now, with the time of what was measured.</summary>
    public async Task<Sample> EndAsync(double seconds)
    {
        var agent = ProcessUse.CpuSeconds(_processes.Agent) - _cpuBefore.Agent;
        return new Sample
        {
            Seconds = seconds,
            ClientCpuSeconds = agent + ProcessUse.CpuSeconds(_processes.Service) - _cpuBefore.Service,
            AgentCpuSeconds = agent,
            AgentMemory = await _memory.Agent.StopAsync(),
            ServiceMemory = await _memory.Service.StopAsync(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _memory.Agent.DisposeAsync();
        await _memory.Service.DisposeAsync();
    }
}
