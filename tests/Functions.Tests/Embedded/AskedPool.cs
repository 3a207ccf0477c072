using System.IO.Compression;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Backends;
using Trainyard.Backends.ObjectStores;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Functions.Agents;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations.Activities;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

/// <summary>The service's real submission, queue and tasks, with fake nodes.</summary>
internal sealed class AskedPool : IAsyncDisposable
{
    private static readonly Owner Jean = Owner.Parse("jean");

    private readonly TemporaryFolder _home = new();
    private readonly ServiceProvider _services;
    private readonly NodeOffer[] _nodes;

    public AskedPool(string name)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    [StateFolder.ConfigurationKey] = _home.Path,
                    ["Pool:StartAgent"] = "false",
                }
            )
            .Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(new ManualTime())
            .AddTrainyard(configuration)
            .AddBackends(configuration, BackendKind.Embedded)
            .AddObjectStores(configuration)
            .BuildServiceProvider();
        _nodes = name switch
        {
            "laptop" => [Laptop],
            "laptop with podman" =>
            [
                Laptop with
                {
                    Facts = Laptop.Facts! with { Containers = new ContainerEngineFact("podman", "4.3.1") },
                },
            ],
            "laptop+rack" => [Laptop, Rack],
            "rack" => [Rack],
            _ => throw new ArgumentException($"No pool is called '{name}'.", nameof(name)),
        };
    }

    /// <summary>Submits the manifest after every node has asked for work.</summary>
    public async Task<SubmissionResult> SubmitAsync(byte[] manifest)
    {
        foreach (var node in _nodes)
        {
            Assert.Null(await LeaseAsync(node));
        }
        await KeepLoginAsync();
        var submission = new Submission
        {
            Id = RunId.New(),
            Owner = Jean,
            Manifest = manifest,
            Archive = Archive(),
        };
        return await Get<RunSubmission>().SubmitAsync(submission, default);
    }

    /// <summary>
    /// Queues the run and lets each node ask again. Returns the node that leased it, and its task as JSON; null while
    /// it waits.
    /// </summary>
    public async Task<(string Node, string Task)?> LeaseAsync(TrainingRun run)
    {
        var enqueue = ActivatorUtilities.CreateInstance<EnqueueRun>(_services);
        var request = new EnqueueRunRequest
        {
            RunId = run.Id,
            Attempt = 1,
            Learners = run.Learners,
        };
        await enqueue.RunAsync(request, default);
        foreach (var node in _nodes)
        {
            if (await LeaseAsync(node) is { } lease)
            {
                var task = await ActivatorUtilities
                    .CreateInstance<NodeTasks>(_services)
                    .CreateAsync(lease, node, default);
                return (node.Node, JsonSerializer.Serialize(task, WireJson.Options));
            }
        }
        return null;
    }

    /// <summary>The reason why the run waits.</summary>
    public async Task<RunReason> ReasonAsync(TrainingRun run)
    {
        var load = await Get<IPoolLoad>().ReadAsync("default", default);
        return QueueReasons.Of(new QueuePositions(load, DateTimeOffset.MinValue).Find(run.Id))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _home.Dispose();
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    private Task<Lease?> LeaseAsync(NodeOffer node) => Get<IDispatchQueue>().LeaseAsync(node, TimeSpan.Zero, default);

    private Task KeepLoginAsync() =>
        Get<ISecretStore>()
            .PutAsync(
                Jean,
                SecretName.Parse("lab-registry"),
                new NamedSecret
                {
                    Credentials = StoreCredentials.Of([
                        KeyValuePair.Create(CredentialField.UserName, new Secret("puller")),
                        KeyValuePair.Create(CredentialField.Password, new Secret("of the registry")),
                    ]),
                    UpdatedAt = DateTimeOffset.UnixEpoch,
                },
                default
            );

    private static MemoryStream Archive()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("train.py").Open();
            entry.Write("print()\n"u8);
        }
        bytes.Position = 0;
        return bytes;
    }

    private static NodeOffer Laptop { get; } =
        Node(
            "laptop",
            gpus: 0,
            new NodeCapabilities
            {
                Cpus = 2,
                MemoryBytes = 25_000_000_000,
                DiskBytes = 60L << 30,
                Pythons = [Python("3.11.2", ("scikit-learn", "1.2.1"))],
                IsServiceMachine = true,
                CpuStandIn = true,
            }
        );

    private static NodeOffer Rack { get; } =
        Node(
            "rack",
            gpus: 2,
            new NodeCapabilities
            {
                Cpus = 52,
                MemoryBytes = 224_000_000_000,
                DiskBytes = 896L << 30,
                Gpus = [new GpuFacts("Tesla V100-SXM2-16GB", 2, 17_000_000_000)],
                Pythons = [Python("3.12.1", ("tensorflow", "2.18.1"))],
            }
        );

    private static NodeOffer Node(string name, int gpus, NodeCapabilities facts) =>
        new()
        {
            Node = name,
            Pool = "default",
            Gpus = gpus,
            Slots = Math.Max(2, gpus),
            FreeSlots = Math.Max(2, gpus),
            Facts = facts,
            FreeCpus = facts.Cpus,
            FreeMemoryBytes = facts.MemoryBytes,
            FreeDiskBytes = facts.DiskBytes,
        };

    private static PythonFacts Python(string version, params (string Name, string Version)[] packages) =>
        new()
        {
            Program = "python3",
            Version = version,
            Packages = packages.ToDictionary(package => package.Name, package => package.Version),
        };
}
