using Azure;
using Azure.Core;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Pools.Scaling;

namespace Trainyard.Backends.Azure.Scaling;

/// <summary>Lists, adds and deletes machines of a scale set with uniform orchestration.</summary>
internal sealed partial class ScaleSetScaler(
    ResourceManager azure,
    ResourceIdentifier scaleSet,
    TimeProvider time,
    ILogger<ScaleSetScaler> logger
) : IPoolScaler
{
    private const string ApiVersion = "2025-04-01";
    private const string Deleting = nameof(Deleting);
    private const string Updating = nameof(Updating);

    private Uri Address => ResourceManager.AddressOf(scaleSet.ToString(), ApiVersion);

    // Null while the scale set does not exist or may not be read: it is deployed after the service, and its role last.
    public async Task<IReadOnlyList<PoolMachine>?> ListAsync(CancellationToken cancellationToken)
    {
        var machines = new List<PoolMachine>();
        var next = ResourceManager.AddressOf($"{scaleSet}/virtualMachines", ApiVersion);
        try
        {
            while (next is not null)
            {
                var page = await azure.GetAsync<MachinesAnswer>(next, cancellationToken);
                machines.AddRange(page.Value.Where(IsThere).Select(MachineOf));
                next = page.NextLink;
            }
        }
        catch (RequestFailedException e) when (e.Status is 403 or 404)
        {
            LogMissing(scaleSet.Name, e.Status, e.ErrorCode);
            return null;
        }
        return machines;
    }

    // Sends the count even if it is unchanged: Azure then retries machines that it failed to create or evicted.
    public async Task GrowToAsync(int count, CancellationToken cancellationToken)
    {
        var now = await azure.GetAsync<ScaleSetAnswer>(Address, cancellationToken);
        if (now.Sku.Capacity >= count && now.Properties?.ProvisioningState == Updating)
        {
            return;
        }
        var change = new ScaleSetChange(now.Sku with { Capacity = Math.Max(now.Sku.Capacity, count) });
        await azure.StartAsync(RequestMethod.Patch, Address, change, cancellationToken, now.Etag);
    }

    public Task RemoveAsync(IReadOnlyList<PoolMachine> machines, CancellationToken cancellationToken)
    {
        var address = ResourceManager.AddressOf($"{scaleSet}/delete", ApiVersion);
        var ids = new MachineIds([.. machines.Select(machine => machine.Id)]);
        return azure.StartAsync(RequestMethod.Post, address, ids, cancellationToken);
    }

    private static bool IsThere(MachineAnswer machine) => machine.Properties?.ProvisioningState != Deleting;

    // A machine that is still being created may lack these properties.
    private PoolMachine MachineOf(MachineAnswer machine) =>
        new(
            machine.InstanceId,
            machine.Properties?.OsProfile?.ComputerName ?? machine.Name ?? machine.InstanceId,
            machine.Properties?.TimeCreated ?? time.GetUtcNow()
        );

    [LoggerMessage(
        1200,
        LogLevel.Warning,
        "The scale set {ScaleSet} is not there, or the service has no role on it ({Status} {Code}): nothing is scaled."
    )]
    private partial void LogMissing(string scaleSet, int status, string? code);
}
