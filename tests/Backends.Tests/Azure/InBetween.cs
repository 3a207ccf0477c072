using Azure.Core;
using Azure.Core.Pipeline;

namespace Trainyard.Backends.Tests.OnAzure;

/// <summary>Lets somebody else do something just before a client's first request of a kind is sent.</summary>
internal sealed class InBetween(Func<Request, bool> isIt, Func<Task> meanwhile) : HttpPipelinePolicy
{
    private int _count;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (isIt(message.Request) && Interlocked.Increment(ref _count) == 1)
        {
            await meanwhile();
        }
        await ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException();
}
