using Microsoft.Extensions.DependencyInjection;

namespace Trainyard.Runtime.Triggers.Timers;

internal static class TimerTriggers
{
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<TimerStore>();
        services.AddSingleton<TimerService>();
        services.AddHostedService(provider => provider.GetRequiredService<TimerService>());
    }
}
