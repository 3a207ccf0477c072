using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine;

namespace Trainyard.Durable.Child;

/// <summary>Starts orchestrations until the disk takes no more, and says which were accepted.</summary>
internal static class Filling
{
    public static async Task<string> DriveAsync(DurableTaskClient client)
    {
        var input = new string('x', 20_000);
        for (var i = 0; ; i++)
        {
            var options = new StartOrchestrationOptions($"fill-{i}", DateTimeOffset.MaxValue);
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync("Child", input, options);
                Console.WriteLine($"accepted fill-{i}");
            }
            catch (DurableStorageException refused)
            {
                return refused.Message;
            }
        }
    }
}
