using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>Runs activities on the thread pool, at most so many at once, each in a service scope of its own.</summary>
internal sealed partial class ActivityDispatcher
{
    private readonly ExecutionServices _services;
    private readonly IServiceScopeFactory _scopes;
    private readonly ILogger _logger;
    private readonly LimitedQueue<ActivityCall> _calls;

    public ActivityDispatcher(ExecutionServices services, int maxConcurrent, Action<Exception> onUnexpected)
    {
        _services = services;
        _scopes = services.Provider.GetRequiredService<IServiceScopeFactory>();
        _logger = services.LoggerFactory.CreateLogger("Trainyard.Durable.Activities");
        _calls = new LimitedQueue<ActivityCall>(maxConcurrent, RunAsync, onUnexpected);
    }

    public LimitedQueue<ActivityCall> Calls => _calls;

    public void Add(ActivityCall call) => _calls.Add(call);

    /// <summary>
    /// Starts no more activities and waits for the running ones. Activities not started stay in the histories.
    /// </summary>
    public Task StopAsync(CancellationToken patience) => _calls.StopAsync(patience);

    private async Task RunAsync(ActivityCall call) => call.Caller.Post(await AnswerAsync(call));

    private async Task<Input> AnswerAsync(ActivityCall call)
    {
        var (name, id) = (call.Activity.Name, call.Activity.TaskId);
        if (!_services.Activities.TryGetValue(name, out var factory))
        {
            var message = $"No activity task named '{name}' was found.";
            var missing = new TaskFailureDetails("ActivityTaskNotFound", message, null, null, null);
            return new TaskFailed(call.Generation, id, missing, IsFinal: true);
        }

        try
        {
            return new TaskCompleted(call.Generation, id, await InvokeAsync(call, factory));
        }
        catch (Exception exception)
        {
            // An exception of an activity is its result.
            LogFailed(_logger, exception, name, id, call.InstanceId);
            return new TaskFailed(call.Generation, id, TaskFailureDetails.FromException(exception), IsFinal: false);
        }
    }

    private async Task<string?> InvokeAsync(ActivityCall call, Func<IServiceProvider, ITaskActivity> factory)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var activity = factory(scope.ServiceProvider);
        var input = _services.Converter.Deserialize(call.Activity.Payload, activity.InputType);
        var output = await activity.RunAsync(new ActivityContext(call), input);
        return _services.Converter.Serialize(output);
    }

    [LoggerMessage(1, LogLevel.Warning, "Activity {Name} (#{TaskId}) of {InstanceId} failed")]
    private static partial void LogFailed(
        ILogger logger,
        Exception exception,
        string name,
        int taskId,
        string instanceId
    );
}
