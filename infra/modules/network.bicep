metadata description = 'The virtual network: one subnet each for the function app, the private endpoints and the nodes. Nothing comes in; what goes out leaves by one address.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Begins the names.')
@minLength(3)
@maxLength(10)
param namePrefix string

@description('A /16 in a private range.')
@minLength(10)
@maxLength(18)
param addressPrefix string

var functionsRange = cidrSubnet(addressPrefix, 24, 0)
var endpointRange = cidrSubnet(addressPrefix, 24, 1)
var poolRange = cidrSubnet(addressPrefix, 22, 1)

resource outboundAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: '${namePrefix}-outbound'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' }
}

resource outbound 'Microsoft.Network/natGateways@2025-01-01' = {
  name: '${namePrefix}-outbound'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 10
    publicIpAddresses: [{ id: outboundAddress.id }]
  }
}

resource poolRules 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: '${namePrefix}-pool'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'nothing-comes-in'
        properties: {
          description: 'Not even from other nodes: they run what strangers wrote.'
          priority: 100
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'storage-and-vault'
        properties: {
          priority: 100
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: poolRange
          sourcePortRange: '*'
          destinationAddressPrefix: endpointRange
          destinationPortRange: '443'
        }
      }
      {
        name: 'nothing-else-inside'
        properties: {
          priority: 200
          direction: 'Outbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRange: '*'
        }
      }
      {
        name: 'web'
        properties: {
          description: 'The service, the users\' buckets, packages.'
          priority: 300
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: poolRange
          sourcePortRange: '*'
          destinationAddressPrefix: 'Internet'
          destinationPortRanges: ['80', '443']
        }
      }
      {
        name: 'nothing-else-outside'
        properties: {
          priority: 4000
          direction: 'Outbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: '${namePrefix}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'functions-and-nodes'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: [functionsRange, poolRange]
          sourcePortRange: '*'
          destinationAddressPrefix: endpointRange
          destinationPortRange: '443'
        }
      }
      {
        name: 'nobody-else'
        properties: {
          priority: 200
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: '${namePrefix}-network'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: functionsRange
          natGateway: { id: outbound.id }
          defaultOutboundAccess: false
          // What Flex Consumption asks for.
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointRange
          networkSecurityGroup: { id: endpointRules.id }
          defaultOutboundAccess: false
          // Without it the rules would not hold for private endpoints.
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
      {
        name: 'pool'
        properties: {
          addressPrefix: poolRange
          networkSecurityGroup: { id: poolRules.id }
          natGateway: { id: outbound.id }
          defaultOutboundAccess: false
        }
      }
    ]
  }
}

@description('Id of the network.')
output networkId string = network.id

@description('Id of the function app\'s subnet.')
output functionsSubnetId string = '${network.id}/subnets/functions'

@description('Id of the private endpoints\' subnet.')
output endpointSubnetId string = '${network.id}/subnets/endpoints'

@description('Id of the nodes\' subnet.')
output poolSubnetId string = '${network.id}/subnets/pool'
