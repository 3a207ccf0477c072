using Microsoft.Extensions.DependencyInjection;

namespace Trainyard.Runtime.Triggers.Blobs;

internal static class BlobTriggers
{
    public static void AddTo(IServiceCollection services) => services.AddHostedService<BlobService>();
}
