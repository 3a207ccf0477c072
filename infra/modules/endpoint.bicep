metadata description = 'One private endpoint, and the DNS zone in which the network finds it.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Begins the names.')
@minLength(3)
@maxLength(10)
param namePrefix string

@description('The network that shall find the endpoint.')
@minLength(1)
param networkId string

@description('The subnet that it lies in.')
@minLength(1)
param subnetId string

@description('What of the resource is reached.')
@allowed(['blob', 'queue', 'table', 'vault', 'scheduler'])
param group string

@description('The zone that Azure asks for the address.')
@minLength(3)
@maxLength(253)
param zoneName string

@description('The resource that is reached.')
@minLength(1)
param targetId string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: '${namePrefix}-network'
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = {
  name: '${namePrefix}-${group}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: group
        properties: { privateLinkServiceId: targetId, groupIds: [group] }
      }
    ]
  }

  resource records 'privateDnsZoneGroups' = {
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: group, properties: { privateDnsZoneId: zone.id } }] }
  }
}
