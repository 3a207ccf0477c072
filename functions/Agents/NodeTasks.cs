using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Functions.Agents;

/// <summary>Creates the task that a node gets for a leased run.</summary>
public sealed class NodeTasks(
    RunProgress progress,
    IBlobStore blobs,
    ISecretStore secrets,
    Placement placement,
    PoolOptions pool
)
{
    /// <summary>Moves the run to Downloading and returns its task; null when the run is gone or has ended.</summary>
    public async Task<NodeTask?> CreateAsync(Lease lease, NodeOffer offer, CancellationToken cancellationToken)
    {
        var run = await progress.MoveAsync(
            lease.RunId,
            RunPhase.Downloading,
            reason: null,
            cancellationToken,
            run =>
                lease.Learner == 1
                    ? run with
                    {
                        Node = offer.Node,
                        Notices = placement.Notices(run.Manifest, offer),
                    }
                    : run
        );
        if (run is null || run.Phase.IsTerminal())
        {
            return null;
        }
        var manifest = run.Manifest;
        return new NodeTask
        {
            RunId = run.Id,
            Attempt = lease.Attempt,
            Learner = lease.Learner,
            Learners = lease.Learners,
            LeaseToken = lease.Token,
            LeaseSeconds = pool.LeaseDuration.TotalSeconds,
            HeartbeatSeconds = pool.HeartbeatInterval.TotalSeconds,
            Command = manifest.Command,
            ArchiveSha256 = run.Archive.Sha256,
            DataBucket = manifest.TrainingData.Bucket,
            DataAuthorities = manifest.TrainingData.CaCertificate,
            StreamsData = manifest.TrainingData.Mode is DataMode.Stream,
            ResultsBucket = manifest.TrainingResults.Bucket,
            LongestResultPath = ResultKeys.LongestPath(run),
            Gpus = manifest.Compute.Gpus,
            Slots = lease.Slots,
            MemoryBytes = manifest.Compute.MemoryBytes,
            DiskBytes = manifest.Compute.DiskBytes,
            Cpus = manifest.Compute.Cpus,
            StandsIn = placement.StandsIn(manifest, offer),
            Notices = lease.Learner == 1 ? run.Notices ?? [] : placement.Notices(manifest, offer),
            MaxDurationSeconds = manifest.MaxDuration?.TotalSeconds,
            GraceSeconds = pool.GracePeriod.TotalSeconds,
            LogOffset = await LengthAsync(RunBlobs.Log(run.Id, lease.Learner), cancellationToken),
            MetricsOffset = await LengthAsync(RunBlobs.Metrics(run.Id, lease.Learner), cancellationToken),
            LogTimesOffset = await LengthAsync(RunBlobs.LogTimes(run.Id, lease.Learner), cancellationToken),
            SystemOffset = await LengthAsync(RunBlobs.System(run.Id, lease.Learner), cancellationToken),
            Metrics = NodeMetricSources.Of(manifest.EvaluationMetrics),
            Checkpoint = CheckpointOf(manifest),
            Image = await ImageOfAsync(run, offer, cancellationToken),
            InstallDependencies = manifest.InstallDependencies,
            OwnerKey = KeyOf(run.Owner),
            Env = manifest.Env,
            SubId = run.Trial?.Number?.ToString(CultureInfo.InvariantCulture),
            Configuration = run.Trial?.Configuration,
            TraceParent = run.TraceParent,
        };
    }

    // On a node without a container runtime, a run goes without its image; its notices say so.
    private async Task<NodeImage?> ImageOfAsync(TrainingRun run, NodeOffer offer, CancellationToken cancellationToken)
    {
        if (run.Manifest.Framework.Image is not { } name || offer.Facts?.Containers is null)
        {
            return null;
        }
        var image = new NodeImage { Name = name };
        if (run.Manifest.Framework.SecretName is null)
        {
            return image;
        }
        var login = (await secrets.GetAsync(run.Submission, cancellationToken))?.Registry ?? StoreCredentials.None;
        return image with
        {
            UserName = login.Reveal(CredentialField.UserName),
            Password = login.Reveal(CredentialField.Password),
        };
    }

    // Nodes get a hash, so that they do not learn owners' names.
    private static string KeyOf(Owner owner) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"owner {owner}")))[..32];

    private static NodeCheckpoint? CheckpointOf(TrainingManifest manifest) =>
        manifest.Checkpoint is { } wanted
            ? new NodeCheckpoint { Path = wanted.Path, IntervalSeconds = wanted.Interval.TotalSeconds }
            : null;

    private async Task<long> LengthAsync(BlobName name, CancellationToken cancellationToken) =>
        (await blobs.FindAsync(name, cancellationToken))?.Bytes ?? 0;
}
