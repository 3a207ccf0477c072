using Microsoft.Extensions.Options;
using Trainyard.Backends.Agents;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class AgentProcessTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private StateFolder Home => new(_temporary.Path);

    [Fact]
    public void Without_a_folder_of_the_agent_there_is_none() => Assert.Null(Open().FindPid());

    [Fact]
    public void A_lock_without_a_process_id_names_none()
    {
        using var held = Hold();

        Assert.Null(Open().FindPid());
    }

    [Fact]
    public void A_held_lock_names_its_process()
    {
        using var held = Hold();
        File.WriteAllText(Home.AgentPidFile, "4711\n");

        Assert.Equal(4711, Open().FindPid());
    }

    [Fact]
    public async Task An_agent_that_comes_and_goes_while_it_is_looked_for_is_there_or_not()
    {
        var process = Open();
        using var ended = new CancellationTokenSource();
        var agent = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                using (Hold())
                {
                    File.WriteAllText(Home.AgentPidFile, "4711\n");
                    File.Delete(Home.AgentPidFile);
                }
                File.Delete(Home.AgentLock);
            }
        });

        var found = Enumerable.Range(0, 20_000).Select(_ => process.FindPid()).Distinct().ToList();
        await ended.CancelAsync();
        await agent;

        Assert.Subset(new HashSet<int?> { null, 4711 }, found.ToHashSet());
    }

    public void Dispose() => _temporary.Dispose();

    private AgentProcess Open() =>
        new(Home, Options.Create(new AgentProgramOptions()), Options.Create(new PoolOptions()));

    private FileStream Hold()
    {
        Directory.CreateDirectory(Home.Agent);
        while (true)
        {
            try
            {
                return new FileStream(Home.AgentLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Whoever looks for the agent holds the file for a moment.
            }
        }
    }
}
