using System.Net;
using Trainyard.Backends.ObjectStores.Network;

namespace Trainyard.Backends.Tests.ObjectStores;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("::a9fe:a9fe")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    public void Some_addresses_are_never_reached(string address)
    {
        Assert.False(AddressRules.MayReach(IPAddress.Parse(address), allowPrivate: true));
        Assert.False(AddressRules.MayReach(IPAddress.Parse(address), allowPrivate: false));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("fd12:3456::1")]
    [InlineData("64:ff9b::c0a8:101")]
    [InlineData("64:ff9b:1::34d8:1")]
    [InlineData("2002:34d8:1::1")]
    [InlineData("2001:0:34d8:1::1")]
    [InlineData("::c0a8:101")]
    [InlineData("::7f00:1")]
    public void Private_addresses_are_reached_where_the_setting_allows_it(string address)
    {
        Assert.True(AddressRules.MayReach(IPAddress.Parse(address), allowPrivate: true));
        Assert.False(AddressRules.MayReach(IPAddress.Parse(address), allowPrivate: false));
    }

    [Theory]
    [InlineData("52.216.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("2600:1fa0::1")]
    [InlineData("64:ff9b::34d8:1")]
    public void Public_addresses_are_always_reached(string address) =>
        Assert.True(AddressRules.MayReach(IPAddress.Parse(address), allowPrivate: false));
}
