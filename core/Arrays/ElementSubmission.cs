using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Arrays;

/// <summary>Makes the run of an array's element. Idempotent. Its archive is the array's.</summary>
public sealed class ElementSubmission(IRunStore runs, ISecretStore secrets, TimeProvider time)
{
    public async Task<TrainingRun> SubmitAsync(TrainingRun array, int index, CancellationToken cancellationToken)
    {
        var id = ArrayElement.IdOf(array.Id, index);
        if ((await runs.GetAsync(id, cancellationToken))?.Run is { } existing)
        {
            return existing;
        }
        var run = ArrayElements.NewRun(array, index, time.GetUtcNow());
        var shared = await secrets.GetAsync(array.Submission, cancellationToken) ?? RunSecrets.None;
        var own = new RunSecrets
        {
            Data = shared.Data,
            Results = shared.Results,
            Registry = shared.Registry,
        };
        await secrets.PutAsync(run.Submission, own, cancellationToken);
        return await runs.CreateAsync(run, cancellationToken)
            ? run
            : (await runs.GetAsync(id, cancellationToken))?.Run ?? run;
    }
}
