using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>One activity to run, and the instance that gets its result.</summary>
internal sealed record ActivityCall(Instance Caller, string InstanceId, int Generation, ActivityScheduled Activity);

internal sealed class ActivityContext(ActivityCall call) : TaskActivityContext
{
    public override TaskName Name { get; } = new(call.Activity.Name);

    public override string InstanceId => call.InstanceId;
}
